// WorkerPool: the worker processes of a run. Internal to cli/.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "base/work_folder.h"
#include "process/process.h"
#include "scenario/coordinator.h"

namespace offstage::cli {

// Used by one thread.
class WorkerPool {
 public:
  // Starts `count` copies of this program with its own arguments and `--worker URL`.
  static Result<std::unique_ptr<WorkerPool>> Start(int count, std::vector<std::string> arguments,
                                                   scenario::Coordinator& coordinator);
  // Ends those that still run.
  ~WorkerPool();

  // Takes note of workers that have ended, and starts others for work that waits. Fails with a
  // worker's own words when it could not even begin; `exit_code` is then its own.
  Status Tend(int& exit_code);
  // Whether every worker has ended and Tend has taken note of it.
  bool AllEnded() const;

 private:
  class Worker;
  WorkerPool(std::vector<std::string> arguments, scenario::Coordinator& coordinator);
  Status Add();

  const std::vector<std::string> arguments_;
  scenario::Coordinator& coordinator_;
  // Temporary files of the workers, also of those that crash; gone at the end.
  std::unique_ptr<WorkFolder> temporary_;
  std::unique_ptr<process::Host> host_;
  int last_number_ = 0;
  std::vector<std::unique_ptr<Worker>> workers_;
};

// The path of this program, for starting it again.
Result<std::string> OwnProgram();

}  // namespace offstage::cli
