#include "app/provision/functions.h"

namespace offstage::app {

std::vector<lambda::FunctionConfig> ToFunctionConfigs(const templates::Stack& stack) {
  std::vector<lambda::FunctionConfig> configs;
  for (const templates::Function& function : stack.functions) {
    lambda::FunctionConfig config;
    config.name = function.name;
    config.logical_id = function.path;
    config.runtime = function.runtime;
    config.handler = function.handler;
    config.code = function.code;
    config.inline_code = function.inline_code.value_or("");
    config.memory_mb = function.memory_mb;
    config.timeout = function.timeout;
    for (const auto& [name, value] : function.environment)
      config.environment[name] = value;
    for (const templates::Layer& layer : function.layers) {
      if (!layer.content.empty()) config.layers.push_back(layer.content);
    }
    config.reserved_concurrency = function.reserved_concurrency;
    config.role_arn = function.role_arn;
    config.description = function.description;
    config.position = function.position.Text();
    configs.push_back(std::move(config));
  }
  return configs;
}

}  // namespace offstage::app
