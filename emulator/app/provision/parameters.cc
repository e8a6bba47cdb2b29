#include "app/provision/parameters.h"

#include <fmt/format.h>

namespace offstage::app {

std::vector<ssm::Parameter> ToParameters(const templates::Stack& stack,
                                         const templates::SsmParameters& given, TimePoint now,
                                         Log& log) {
  const std::int64_t modified = ToEpochMillis(now);
  std::vector<ssm::Parameter> parameters;
  for (const templates::Resource& resource : stack.resources) {
    if (resource.type != "AWS::SSM::Parameter") continue;
    const std::string type = resource.properties.TextOf("Type");
    // docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
    if (type != "String" && type != "StringList") {
      log.Warn(
          fmt::format("{}: {}: an AWS::SSM::Parameter has the Type String or StringList, not "
                      "'{}'; it is left out (--ssm-parameters gives a SecureString its value)",
                      resource.position.Text(), resource.path, type));
      continue;
    }
    parameters.push_back({.name = resource.physical_id,
                          .value = resource.properties.TextOf("Value"),
                          .type = type,
                          .data_type = resource.properties.TextOf("DataType", "text"),
                          .modified = modified});
  }
  for (const templates::SsmParameters* source : {&stack.ssm_parameters, &given}) {
    for (const auto& [name, parameter] : *source) {
      parameters.push_back(
          {.name = name, .value = parameter.value, .type = parameter.type, .modified = modified});
    }
  }
  return parameters;
}

}  // namespace offstage::app
