// From a template's APIs to the gateway's configuration. Never weakens a route: what is not
// emulated makes the route refused (design, decisions 8 and 9).
#pragma once

#include <vector>

#include "gateway/api_config.h"
#include "template/stack.h"

namespace offstage::app {

// Routes that are known but not served, with why: "Api POST /orders". The gateway answers them with
// an error that says it.
std::vector<templates::Note> RefusedRoutes(const templates::Stack& stack);

// The stack's main API (the implicit REST API, else the first) comes first, function URLs last.
std::vector<gateway::ApiConfig> ToApiConfigs(const templates::Stack& stack);

}  // namespace offstage::app
