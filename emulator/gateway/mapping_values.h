// What mapping templates and parameter mappings read of a request: $context, $input.params(),
// $stageVariables, and sources such as "method.request.header.X".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/api_config.h"
#include "gateway/call.h"
#include "gateway/vtl/value.h"
#include "http/message.h"

namespace offstage::gateway {

// $context with empty requestOverride and responseOverride.
vtl::Value MakeContextValue(const Call& call);
// {path, querystring, header}.
vtl::Value MakeParamsValue(const Call& call);
vtl::Value MakeStageVariablesValue(const Call& call);

// Where a mapped value goes and what it is; several values only for query strings.
struct MappedParameter {
  enum class Place { kHeader, kQuery, kPath } place = Place::kHeader;
  std::string name = {};
  std::vector<std::string> values = {};
};

// `requestParameters` of a REST integration. A source that the request lacks maps nothing. Fails
// for a body that must be JSON and is not, and for sources that are not understood.
Result<std::vector<MappedParameter>> MapRequestParameters(const Call& call, const Pairs& mappings);

// An integration's answer on its way back.
struct BackendAnswer {
  int status = 200;
  http::Headers headers = {};
  std::string body = {};
};

// The value of an integration response's parameter ("integration.response.header.X", "'text'",
// "context.x" ...); null when there is none.
Result<std::optional<std::string>> ResponseParameter(const Call& call, const BackendAnswer& answer,
                                                     std::string_view source);

// "${stageVariables.x}" in a URL; unknown ones become nothing.
std::string FillStageVariables(const Call& call, std::string text);

// "context.x.y", "stageVariables.x" and "'text'"; null when it is none of these or absent.
std::optional<std::string> CommonSource(const Call& call, std::string_view source);

}  // namespace offstage::gateway
