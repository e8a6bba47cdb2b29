#include "app/project.h"

#include <fmt/format.h>

#include "app/built_output.h"
#include "template/loader.h"
#include "template/samconfig.h"

namespace offstage::app {

namespace fs = std::filesystem;

namespace {

constexpr char kDefaultRegion[] = "us-east-1";

// A stack name that CloudFormation would accept, from a folder's name.
std::string StackNameFrom(const fs::path& folder) {
  std::string name;
  for (const char c : folder.filename().string()) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (name.empty() && !letter) continue;
    name.push_back(letter || digit ? c : '-');
  }
  return name.empty() ? "offstage" : name.substr(0, 100);
}

Result<templates::SamConfig> ReadConfig(const ProjectOptions& options, const fs::path& folder) {
  const std::string environment = options.config_env.empty() ? "default" : options.config_env;
  if (!options.config_file.empty())
    return templates::ReadSamConfig(options.config_file, environment);
  return templates::FindSamConfig(folder, environment);
}

}  // namespace

Result<ProjectPlan> PlanProject(const ProjectOptions& options) {
  ProjectPlan plan;
  fs::path folder = fs::absolute(options.folder).lexically_normal();
  if (!options.template_file.empty()) {
    plan.template_file = fs::absolute(options.template_file).lexically_normal();
    folder = plan.template_file.parent_path();
  }
  templates::SamConfig config;
  if (options.use_template != ProjectOptions::Template::kNone) {
    OFFSTAGE_TRY(config, ReadConfig(options, folder));
    if (plan.template_file.empty() && config.template_file) {
      plan.template_file = fs::absolute(*config.template_file).lexically_normal();
    }
    if (plan.template_file.empty()) {
      auto found = templates::FindTemplate(folder);
      const bool needed = options.use_template == ProjectOptions::Template::kFind;
      if (!found.ok() && needed) return Fail(std::move(found).error());
      if (found.ok()) plan.template_file = *std::move(found);
    }
    const bool may_be_built = options.built == ProjectOptions::Built::kWhenNewer &&
                              options.template_file.empty() && !plan.template_file.empty();
    if (may_be_built) {
      BuiltOutput built = FindBuiltOutput(plan.template_file);
      plan.built_note = std::move(built.note);
      if (!built.template_file.empty()) plan.template_file = std::move(built.template_file);
    }
    OFFSTAGE_TRY(const auto overrides,
                 templates::ParseParameterOverrides(options.parameter_overrides));
    plan.parameters = config.parameters;
    plan.parameters.insert(plan.parameters.end(), overrides.begin(), overrides.end());
  }
  OFFSTAGE_TRY(plan.ssm_parameters, templates::ReadSsmParameters(options.ssm_parameters));
  OFFSTAGE_TRY(plan.secrets, templates::ReadValues(options.secrets));
  OFFSTAGE_TRY(plan.imports, templates::ReadValues(options.imports));
  if (folder.filename().empty()) folder = folder.parent_path();
  plan.stack_name = !options.stack_name.empty() ? options.stack_name
                                                : config.stack_name.value_or(StackNameFrom(folder));
  plan.region = !options.region.empty() ? options.region : config.region.value_or(kDefaultRegion);
  plan.data = options.data.empty() ? folder / ".offstage" : fs::absolute(options.data);
  plan.storage = options.storage;
  return plan;
}

templates::LoadOptions ToLoadOptions(const ProjectPlan& plan) {
  templates::LoadOptions options;
  options.template_file = plan.template_file;
  options.parameters = plan.parameters;
  options.stack_name = plan.stack_name;
  options.region = plan.region;
  options.ssm_parameters = plan.ssm_parameters;
  options.secrets = plan.secrets;
  options.imports = plan.imports;
  return options;
}

Result<templates::Stack> LoadProject(const ProjectPlan& plan, StateFolder* state, IdSource& ids) {
  if (plan.template_file.empty()) {
    templates::Stack stack;
    stack.name = plan.stack_name;
    stack.region = plan.region;
    stack.account_id = templates::LoadOptions().account_id;
    stack.ssm_parameters = plan.ssm_parameters;
    return stack;
  }
  templates::IdRegistry names(ids);
  if (state != nullptr) {
    OFFSTAGE_TRY(const std::string stored, state->ReadNames());
    if (!stored.empty()) OFFSTAGE_TRY_VOID(names.Restore(stored));
  }
  OFFSTAGE_TRY(templates::Stack stack, templates::LoadStack(ToLoadOptions(plan), names));
  if (state != nullptr && names.changed()) OFFSTAGE_TRY_VOID(state->WriteNames(names.ToJson()));
  return stack;
}

StackSource SourceOf(ProjectPlan plan) {
  return [plan = std::move(plan)](const templates::SsmParameters& given) {
    ProjectPlan changed = plan;
    for (const auto& [name, parameter] : given)
      changed.ssm_parameters[name] = parameter;
    RandomIds ids;
    return LoadProject(changed, nullptr, ids);
  };
}

}  // namespace offstage::app
