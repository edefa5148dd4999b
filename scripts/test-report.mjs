// Reads tap's TAP output line by line and tells a person what matters: one line per test file, every failure with
// its diagnosis, every skipped test with its reason. Counts assertions.

const RESULT = /^( *)(not )?ok \d+ - (.*?)(?: # (time=\S+|SKIP.*|TODO.*))?( \{)?$/;

/** @param print receives one line at a time */
export function createReport(print) {
  const totals = { passed: 0, failed: 0, hasSummary: false };
  let file = [];
  let isAfterFailure = false;

  function readSummary(line) {
    const summary = /^# \{ total: .*\}$/.test(line);
    if (!summary) return;
    const count = (name) => Number(line.match(new RegExp(`\\b${name}: (\\d+)`))?.[1] ?? 0);
    Object.assign(totals, { passed: count('pass'), failed: count('fail'), hasSummary: true });
  }

  return {
    totals,
    line(line) {
      readSummary(line);
      const result = RESULT.exec(line);
      if (result?.[1] !== '') {
        // The diagnosis of a failed file comes after its result.
        isAfterFailure &&= line.startsWith('  ');
        if (isAfterFailure) print(line);
        else file.push(line);
        return;
      }
      const [, , failed, name, remark = ''] = result;
      for (const notice of failed ? [...skips(file), ...failures(file)] : skips(file)) print(notice);
      print(`${failed ? '✗' : '✓'} ${name}  ${remark.replace('time=', '')}`);
      file = [];
      isAfterFailure = Boolean(failed);
    },
    /** What came after the last file: why a file that counted nothing failed. */
    end() {
      for (const line of totals.failed > 0 || !totals.hasSummary ? file : []) print(line);
    },
  };
}

function skips(lines) {
  return lines.flatMap((line) => {
    const [, , , name, remark] = RESULT.exec(line) ?? [];
    return remark?.startsWith('SKIP') ? [`  ○ ${name} (${remark})`] : [];
  });
}

/** The innermost failures, each below the names of the tests around it. */
function failures(lines) {
  const output = [];
  const names = [];
  let reported = -1;
  for (const [index, line] of lines.entries()) {
    const opened = /^( *)# Subtest: (.*)$/.exec(line);
    if (opened) {
      names.length = opened[1].length / 4;
      names.push(opened[2]);
      reported = -1;
      continue;
    }
    const [, indent, failed, name] = RESULT.exec(line) ?? [];
    if (!failed) continue;
    const depth = indent.length / 4;
    const closes = names[depth] === name;
    // A test whose own assertions hold can fail as a whole: time-out, plan.
    if (closes && reported >= depth) continue;
    reported = depth;
    output.push('', `  ✗ ${[...names.slice(1, depth), name].join(' › ')}`, ...diagnosis(lines, index + 1));
  }
  return output;
}

function diagnosis(lines, begin) {
  if (lines[begin]?.trim() !== '---') return [];
  const end = lines.findIndex((line, index) => index > begin && line.trim() === '...');
  const indent = lines[begin].indexOf('---');
  return lines
    .slice(begin + 1, end === -1 ? undefined : end)
    .map((line) => `    ${line.slice(indent).trimEnd()}`);
}
