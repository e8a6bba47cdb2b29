// Parameter mappings of HTTP APIs: "overwrite:header.x" to "$request.path.id" and so on, in front
// of Lambda proxies and HTTP proxies alike.
// docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/api_config.h"
#include "gateway/call.h"
#include "http/message.h"

namespace offstage::gateway {

// What is changed on the way to the backend.
struct RequestChanges {
  http::Headers& headers;
  std::vector<NamedValues>& query;
  // In place of the request's path, without the stage.
  std::optional<std::string>& path;
};
void ApplyRequestMappings(const Call& call, const Pairs& mappings, const RequestChanges& changes);

// By the status of `reply`.
void ApplyResponseMappings(const Call& call, const ResponseMappings& mappings, http::Reply& reply);

// Why AWS would refuse the mappings at deployment, or "".
std::string UnsupportedMappings(const Pairs& request, const ResponseMappings& response);

}  // namespace offstage::gateway
