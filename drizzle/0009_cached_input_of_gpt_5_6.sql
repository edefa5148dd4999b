-- Reported of GPT-5.6 on Bedrock: its inputTokens already include the cached ones.
UPDATE "model" SET "capabilities" = "capabilities" || '{"inputIncludesCached":true}' WHERE "base_id" LIKE 'openai.gpt-5.6-%';
