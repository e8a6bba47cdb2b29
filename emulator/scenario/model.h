// What a scenario file says, ready to run: includes read, blocks put in place, examples multiplied.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenario/contract.h"
#include "scenario/shapes.h"

namespace offstage::scenario {

struct Step {
  // As written; variables are replaced when the step runs.
  Node node = {};
  StepKind kind = StepKind::kAny;
  // "get", "put-item".
  std::string kind_key = {};
  // What relative file names in it are relative to.
  std::filesystem::path folder = {};
  // Of a `use` step.
  std::vector<Step> block = {};
};

// A `given`, with the folder of the file that it stands in.
struct Given {
  Node node = {};
  std::filesystem::path folder = {};
  // A deployed stage is taken to have what is given to a whole file, not what one scenario wants.
  enum class Whose { kFiles, kScenarios } whose = Whose::kFiles;
};

struct Scenario {
  // "users: A limit is obeyed [limit=3]"; no two scenarios of a run have the same.
  std::string id = {};
  std::string suite = {};
  std::string name = {};
  // As given on the command line or found.
  std::string file = {};
  int line = 0;
  std::vector<std::string> tags = {};
  // Why it does not run; empty: it runs.
  std::string skip = {};
  // The file's, then the scenario's own.
  std::vector<Given> given = {};
  // In order: a value may refer to earlier ones.
  std::vector<std::pair<std::string, Node>> variables = {};
  // What every response is checked against; null: nothing, or the API's own document. Shared by the
  // scenarios of a file.
  std::shared_ptr<const Contract> contract = {};
  // Where the file says that it is the API's own document; null: it does not.
  std::optional<Position> contract_is_the_apis = {};
  std::vector<Step> setup = {};
  std::vector<Step> steps = {};
  std::vector<Step> teardown = {};
};

// A request to measure, of a file's `bench`.
struct Bench {
  // What comes before the request; the request is its one step, an HTTP one.
  Scenario scenario = {};
  std::vector<int> concurrency = {};
  // Requests a second.
  std::vector<double> rates = {};
};

}  // namespace offstage::scenario
