-- The same occurrence again and again: one key.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"fields":{"processor":"load","error_type":"Timeout"},"title":"Load","message":"the same every time"}'
