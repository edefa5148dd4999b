-- OpenAI's and Moonshot's models take no limit below 16 tokens; these were left out of the catalogue's capabilities (0012).
-- A value that an administrator has set stays.
UPDATE "model" SET "capabilities" = '{"minMaxTokens":16}'::jsonb || "capabilities"
WHERE "base_id" IN ('moonshotai.kimi-k2.5', 'moonshot.kimi-k2-thinking', 'openai.gpt-oss-safeguard-120b', 'openai.gpt-oss-safeguard-20b');
