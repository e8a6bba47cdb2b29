// From a route's integration as the template writes it to the gateway's.
#pragma once

#include "gateway/api_config.h"
#include "template/stack.h"

namespace offstage::app {

// Sets `to.integration`; `to.refused` when it is not emulated, by name.
void SetIntegration(const templates::Api& api, const templates::Route& from, gateway::Route& to);

// API Gateway writes static values in single quotes: 'GET,POST'.
std::string Unquoted(std::string text);

}  // namespace offstage::app
