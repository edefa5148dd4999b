ALTER TABLE "payment" DROP CONSTRAINT "payment_once";--> statement-breakpoint
ALTER TABLE "payment" DROP COLUMN "idempotency_key";