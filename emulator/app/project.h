// Project: what the user wants to run: a template resolved with the options of the command line and
// of samconfig.toml.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/state_folder.h"
#include "base/id.h"
#include "base/result.h"
#include "template/loader.h"
#include "template/stack.h"

namespace offstage::app {

struct ProjectOptions {
  // Empty: found in `folder`.
  std::filesystem::path template_file = {};
  std::filesystem::path folder = ".";
  enum class Template {
    kFind,
    // The AWS endpoint alone when the folder has none and none is named.
    kFindOrNone,
    // The AWS endpoint alone, whatever the folder holds.
    kNone,
  } use_template = Template::kFind;
  // Whether .aws-sam/build stands in for the template that it was made from (one that is named by
  // `template_file` is taken as it is).
  enum class Built { kWhenNewer, kNever } built = Built::kWhenNewer;
  // A table of samconfig.toml; empty: "default".
  std::string config_env = {};
  std::filesystem::path config_file = {};
  // Win over samconfig.toml when given.
  std::string stack_name = {};
  std::string region = {};
  std::vector<std::string> parameter_overrides = {};
  // Files of values by name, YAML or JSON: SSM parameters, secrets, exports of other stacks.
  std::vector<std::filesystem::path> ssm_parameters = {};
  std::vector<std::filesystem::path> secrets = {};
  std::vector<std::filesystem::path> imports = {};

  // Where state is kept; relative to the template's folder when empty (".offstage").
  std::filesystem::path data = {};
  enum class Storage { kFile, kInMemory } storage = Storage::kFile;
};

// Everything but the state is known: which stack, which files.
struct ProjectPlan {
  std::filesystem::path template_file = {};  // Empty: the AWS endpoint alone.
  std::string stack_name = {};
  std::string region = {};
  std::vector<std::pair<std::string, std::string>> parameters;
  templates::SsmParameters ssm_parameters = {};
  std::map<std::string, std::string> secrets = {};
  std::map<std::string, std::string> imports = {};
  std::filesystem::path data = {};
  ProjectOptions::Storage storage = ProjectOptions::Storage::kFile;
  // About .aws-sam/build, for people; or empty.
  std::string built_note = {};
};

// Finds template and samconfig. Fails naming what is missing or malformed, and where.
Result<ProjectPlan> PlanProject(const ProjectOptions& options);

// As the template's loader and what works on templates alone (`validate`, `build`) take it.
templates::LoadOptions ToLoadOptions(const ProjectPlan& plan);

// Resolves the template with names that stay the same from run to run: `state` keeps them; null
// with in-memory storage, where names are made anew.
Result<templates::Stack> LoadProject(const ProjectPlan& plan, StateFolder* state, IdSource& ids);

// The stack again, with other values of some SSM parameters; its names are made anew.
using StackSource = std::function<Result<templates::Stack>(const templates::SsmParameters& given)>;
StackSource SourceOf(ProjectPlan plan);

}  // namespace offstage::app
