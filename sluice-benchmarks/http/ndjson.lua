-- 64 occurrences of one key in each request: multiply the requests per second by 64.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-ndjson"
local line = '{"fields":{"processor":"load","error_type":"Timeout"},"title":"Load","message":"the same every time"}\n'
wrk.body = string.rep(line, 64)
