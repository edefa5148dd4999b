-- Models that embed text or make pictures, and their list prices in units of 10^-10 USD: per million tokens embedded, per
-- picture made (Nova Canvas: at most 1024 x 1024 pixels in its better quality). From the same sources as the catalogue (0002).
-- A name that an administrator has taken meanwhile stays as it is.
INSERT INTO "model" ("name","kind","target","base_id","price_scope","display_name","vendor","context_tokens","max_output_tokens","capabilities") VALUES
  ('amazon.titan-embed-text-v2:0','embedding','amazon.titan-embed-text-v2:0','amazon.titan-embed-text-v2:0','in-region','Titan Text Embeddings V2','amazon',8192,1,'{"embedding":"titan_v2","dimensions":[1024,512,256]}'),
  ('amazon.titan-embed-text-v1','embedding','amazon.titan-embed-text-v1','amazon.titan-embed-text-v1','in-region','Titan Embeddings G1 - Text','amazon',8192,1,'{"embedding":"titan_v1","dimensions":[1536]}'),
  ('cohere.embed-english-v3','embedding','cohere.embed-english-v3','cohere.embed-english-v3','in-region','Cohere Embed English v3','cohere',512,1,'{"embedding":"cohere_v3","dimensions":[1024]}'),
  ('cohere.embed-multilingual-v3','embedding','cohere.embed-multilingual-v3','cohere.embed-multilingual-v3','in-region','Cohere Embed Multilingual v3','cohere',512,1,'{"embedding":"cohere_v3","dimensions":[1024]}'),
  ('cohere.embed-v4:0','embedding','cohere.embed-v4:0','cohere.embed-v4:0','in-region','Cohere Embed v4','cohere',128000,1,'{"embedding":"cohere_v4","dimensions":[1536,1024,512,256]}'),
  ('amazon.nova-2-multimodal-embeddings-v1:0','embedding','amazon.nova-2-multimodal-embeddings-v1:0','amazon.nova-2-multimodal-embeddings-v1:0','in-region','Nova 2 Multimodal Embeddings','amazon',8172,1,'{"embedding":"nova","dimensions":[3072,1024,384,256]}'),
  ('amazon.nova-canvas-v1:0','image','amazon.nova-canvas-v1:0','amazon.nova-canvas-v1:0','in-region','Nova Canvas','amazon',2600,1,'{"image":"nova_canvas"}'),
  ('stability.stable-image-core-v1:1','image','stability.stable-image-core-v1:1','stability.stable-image-core-v1:1','in-region','Stable Image Core','stability',2600,1,'{"image":"stability"}'),
  ('stability.stable-image-ultra-v1:1','image','stability.stable-image-ultra-v1:1','stability.stable-image-ultra-v1:1','in-region','Stable Image Ultra','stability',2600,1,'{"image":"stability"}'),
  ('stability.sd3-5-large-v1:0','image','stability.sd3-5-large-v1:0','stability.sd3-5-large-v1:0','in-region','Stable Diffusion 3.5 Large','stability',2600,1,'{"image":"stability"}')
ON CONFLICT ("name") DO NOTHING;--> statement-breakpoint
INSERT INTO "price" ("base_id","scope","over_input_tokens","valid_from","input","output","image","embedding","source") VALUES
  ('amazon.titan-embed-text-v2:0','in-region',0,'2024-01-01T00:00:00Z',200000000,0,NULL,200000000,'S7'),
  ('amazon.titan-embed-text-v1','in-region',0,'2024-01-01T00:00:00Z',1000000000,0,NULL,1000000000,'S7'),
  ('cohere.embed-english-v3','in-region',0,'2024-01-01T00:00:00Z',1000000000,0,NULL,1000000000,'S7'),
  ('cohere.embed-multilingual-v3','in-region',0,'2024-01-01T00:00:00Z',1000000000,0,NULL,1000000000,'S7'),
  ('cohere.embed-v4:0','in-region',0,'2024-01-01T00:00:00Z',1200000000,0,NULL,1200000000,'S7'),
  ('amazon.nova-2-multimodal-embeddings-v1:0','in-region',0,'2024-01-01T00:00:00Z',1350000000,0,NULL,1350000000,'S7'),
  ('amazon.nova-canvas-v1:0','in-region',0,'2024-01-01T00:00:00Z',0,0,600000000,NULL,'S7'),
  ('stability.stable-image-core-v1:1','in-region',0,'2024-01-01T00:00:00Z',0,0,400000000,NULL,'S7'),
  ('stability.stable-image-ultra-v1:1','in-region',0,'2024-01-01T00:00:00Z',0,0,1400000000,NULL,'S7'),
  ('stability.sd3-5-large-v1:0','in-region',0,'2024-01-01T00:00:00Z',0,0,800000000,NULL,'S7')
ON CONFLICT ON CONSTRAINT "price_once" DO NOTHING;
