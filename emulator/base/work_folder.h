// A private folder for files that live no longer than this process.
//
// A process that is killed leaves its folder behind; the next one to make a folder in the same
// place removes it. Which are abandoned, a lock in each says, that ends with its process.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"

namespace offstage {

class WorkFolder {
 public:
  enum class Place {
    // Where $TMPDIR says, else /tmp.
    kTemporary,
    // Handlers have a /tmp of their own, in which nothing of ours should be seen: then /var/tmp.
    kHiddenFromHandlers,
  };

  // Fails when the folder cannot be made there. Thread-safe.
  static Result<std::unique_ptr<WorkFolder>> Make(Place place = Place::kTemporary);
  // Removes the folder with all that is in it.
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit WorkFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace offstage
