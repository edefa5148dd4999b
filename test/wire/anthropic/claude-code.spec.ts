// What Claude Code sends is taken as it is, and what has no effect of it is told.
import t from 'tap';
import { readJson } from './read-body.ts';
import { readFixtures } from './read-fixtures.ts';

for (const { name, headers, body, expected } of readFixtures())
  t.test(name, async (t) => {
    const { request, dropped, sessionHint } = readJson(JSON.stringify(body), {
      version: headers['anthropic-version'],
      beta: headers['anthropic-beta'],
    });
    t.equal(request.model, expected.model);
    t.same(request.reasoning, expected.reasoning);
    t.same(request.betas, expected.betas);
    t.same(
      request.tools.map((tool) => tool.name),
      expected.toolNames,
    );
    t.equal(JSON.stringify(request).split('"cacheAfter"').length - 1, expected.cachePoints);
    t.same(dropped, expected.dropped);
    t.equal(sessionHint, body.metadata.user_id);
  });
