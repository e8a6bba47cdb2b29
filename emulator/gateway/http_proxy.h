// The integration HTTP_PROXY: hands the request to a server and its answer back.
// docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
#pragma once

#include "gateway/call.h"
#include "gateway/integration.h"
#include "http/message.h"

namespace offstage::gateway {

// Returns why the proxy's parameter mappings cannot be served, or "".
std::string UnsupportedHttpProxy(const HttpProxy& proxy, ApiKind kind);

http::Reply RunHttpProxy(Call& call, const HttpProxy& proxy, const Backends& backends,
                         IntegrationFacts& facts);

}  // namespace offstage::gateway
