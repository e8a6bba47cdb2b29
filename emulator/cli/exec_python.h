// Python's older SDKs under `offstage exec`. Internal to cli/.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/work_folder.h"

namespace offstage::cli {

// A folder for PYTHONPATH that makes boto3 before 1.28, which does not read AWS_ENDPOINT_URL, talk
// to it none the less. Gone at the end. Thread-compatible.
class PythonRedirect {
 public:
  static Result<std::unique_ptr<PythonRedirect>> Make();
  // The folder, in front of what PYTHONPATH holds already.
  std::string PythonPath() const;

 private:
  explicit PythonRedirect(std::unique_ptr<WorkFolder> folder) : folder_(std::move(folder)) {}
  const std::unique_ptr<WorkFolder> folder_;
};

}  // namespace offstage::cli
