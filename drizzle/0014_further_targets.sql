ALTER TABLE "model" ADD COLUMN "credentials" jsonb;--> statement-breakpoint
ALTER TABLE "model" ADD COLUMN "weight" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "model" ADD COLUMN "spread" text DEFAULT 'ordered' NOT NULL;--> statement-breakpoint
ALTER TABLE "model" ADD COLUMN "further_targets" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "model" ADD CONSTRAINT "model_spread" CHECK ("model"."spread" in ('ordered', 'weighted'));--> statement-breakpoint
ALTER TABLE "model" ADD CONSTRAINT "model_weight" CHECK ("model"."weight" between 0 and 1000);