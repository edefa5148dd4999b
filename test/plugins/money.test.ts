// What happens to money through the routes, story by story.
import './billing/budgets.spec.ts';
import './billing/movements.spec.ts';
import './billing/repeats.spec.ts';
import './billing/stories.spec.ts';
