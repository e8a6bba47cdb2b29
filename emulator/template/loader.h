// LoadStack: from a template file to a Stack.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "template/document.h"
#include "template/names.h"
#include "template/stack.h"

namespace offstage::templates {

struct LoadOptions {
  std::filesystem::path template_file;
  // Overrides, later ones win. One that the template does not declare becomes a note.
  TextPairs parameters;
  std::string stack_name = "offstage";
  std::string region = "us-east-1";
  std::string account_id = "123456789012";
  // Values of AWS::SSM::Parameter::Value<...> parameters and {{resolve:ssm:...}}, by name.
  SsmParameters ssm_parameters;
  // By secret name; JSON text where {{resolve:secretsmanager:name:SecretString:key}} picks a key.
  std::map<std::string, std::string> secrets;
  // Values of Fn::ImportValue that no stack of this template exports, by export name.
  std::map<std::string, std::string> imports;
  // Parameters without a value, and imports, get the text "<Name>" (or the first allowed value)
  // instead of ending the load: for checks, which must not need values and want to see everything.
  bool placeholders = false;
  ReadLimits limits;
  int max_nesting = 16;
};

// Files of values for LoadOptions, YAML or JSON: a map of names to texts. A value that is a map
// itself becomes JSON text, as secrets have it. Later files win.
Result<std::map<std::string, std::string>> ReadValues(
    const std::vector<std::filesystem::path>& files);

// The same for SSM parameters: a text; a list, for a StringList; or {Value: ..., Type:
// SecureString}.
Result<SsmParameter> ReadSsmParameter(std::string_view name, const Node& node);
Result<SsmParameters> ReadSsmParameters(const std::vector<std::filesystem::path>& files);

// Resolves the template and all nested ones. `ids` keeps physical names stable between loads.
//
// Fails ("file:line:column: path: what, and what would be valid") when the root template cannot be
// read or is no template, a parameter of the root is missing or not allowed, or resources need each
// other in a circle (with `placeholders` that is a note like others). Anything wrong in one
// resource or nested stack leaves that one out and becomes a Note of Fate::kRefused.
Result<Stack> LoadStack(const LoadOptions& options, IdRegistry& ids);

// template.yml, template.yaml or template.json in `folder`, in this order; else the only template
// that CDK synthesized into cdk.out.
Result<std::filesystem::path> FindTemplate(const std::filesystem::path& folder);

}  // namespace offstage::templates
