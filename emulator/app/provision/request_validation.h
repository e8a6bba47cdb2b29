// What requests must satisfy: request validators, models and required parameters of a REST API.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "gateway/api_config.h"
#include "template/stack.h"

namespace offstage::app {

// Model name to JSON Schema, of SAM's `Models`, AWS::ApiGateway::Model and the definition.
std::map<std::string, std::string> ModelsOf(const templates::Stack& stack,
                                            const templates::Api& api);

// Null when nothing of the request is checked.
std::optional<gateway::RequestValidation> ValidationOf(const templates::Stack& stack,
                                                       const templates::Api& api,
                                                       const templates::Route& route);

}  // namespace offstage::app
