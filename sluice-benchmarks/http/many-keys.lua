-- Ten thousand different keys, each as likely as the others.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
function request()
  local body = '{"subject":"load-' .. math.random(10000) .. '","title":"Load","message":"one of ten thousand"}'
  return wrk.format(nil, nil, nil, body)
end
