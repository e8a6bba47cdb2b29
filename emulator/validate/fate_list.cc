// What becomes of everything in the template when it is emulated.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "validate/checks.h"

namespace offstage::validate {
namespace {

using templates::Entry;
using templates::Fate;
using templates::Note;

bool IsBelow(const std::string& path, const std::string& parent) {
  return path.size() > parent.size() && path[parent.size()] == '.' && path.rfind(parent, 0) == 0;
}

class FateLister {
 public:
  FateLister(Checks& checks, const std::vector<Note>& left_out)
      : checks_(checks), left_out_(left_out) {
    for (const Note& note : checks.stack.notes) {
      notes_.push_back(&note);
    }
    for (const Note& note : left_out) {
      if (!OfAPlaceholder(note)) {
        notes_.push_back(&note);
      }
    }
  }

  void List() {
    for (const Source& source : checks_.sources) {
      for (const Entry& resource : source.Section("Resources").entries()) {
        AddResource(source, resource);
      }
    }
    // Routes belong to APIs that may be written nowhere.
    for (const Note& note : left_out_) {
      if (!OfAPlaceholder(note) && listed_.count(note.path) == 0) {
        Add({Outcome::kRefused, note.position, note.path, "", note.message});
      }
    }
  }

 private:
  // With the parameter's value it may be another matter.
  static bool OfAPlaceholder(const Note& note) {
    return note.message.find('<') != std::string::npos &&
           note.message.find('>') != std::string::npos;
  }

  void Add(FateLine line) {
    listed_.insert(line.path);
    checks_.report.fates.push_back(std::move(line));
  }

  void AddResource(const Source& source, const Entry& resource) {
    const std::string path = source.PathOf(resource.key);
    FateLine line{Outcome::kHonoured, resource.key_position, path, resource.value.TextOf("Type"),
                  ""};
    TakeNote(line, true);
    const bool created = checks_.stack.FindResource(path) != nullptr;
    if (!created && line.outcome == Outcome::kHonoured) {
      const std::string condition = resource.value.TextOf("Condition");
      line.outcome = condition.empty() ? Outcome::kRefused : Outcome::kNotCreated;
      line.why = condition.empty() ? "" : fmt::format("its condition {} does not hold", condition);
    }
    const FateLine owner = line;
    Add(std::move(line));
    AddProperties(path);
    AddEvents(resource.value, owner);
  }

  // The last note about exactly this says what becomes of it.
  void TakeNote(FateLine& line, bool with_ignored) const {
    for (const Note* note : notes_) {
      const bool ignored = note->fate == Fate::kIgnored;
      if (note->path == line.path && (note->fate == Fate::kRefused || (with_ignored && ignored))) {
        line.outcome = ignored ? Outcome::kIgnored : Outcome::kRefused;
        line.why = note->message;
      }
    }
  }

  void AddProperties(const std::string& path) {
    for (const Note* note : notes_) {
      const bool not_emulated =
          note->fate == Fate::kRefused && note->reason != templates::Reason::kWrong;
      const bool of_event = note->path.rfind(path + ".Events.", 0) == 0;
      if (IsBelow(note->path, path) && !of_event &&
          (note->fate == Fate::kIgnored || not_emulated)) {
        Add({note->fate == Fate::kIgnored ? Outcome::kIgnored : Outcome::kRefused, note->position,
             note->path, "", note->message});
      }
    }
  }

  void AddEvents(const Node& resource, const FateLine& owner) {
    const Node* events = resource.FindPath("Properties", "Events");
    if (events == nullptr || IsFunctionCall(*events)) {
      return;
    }
    for (const Entry& event : events->entries()) {
      FateLine line{owner.outcome, event.key_position,
                    fmt::format("{}.Events.{}", owner.path, event.key), event.value.TextOf("Type"),
                    ""};
      if (owner.outcome == Outcome::kHonoured) {
        TakeNote(line, false);
      } else {
        line.why = "as its " + std::string(owner.type.substr(owner.type.rfind(':') + 1)) + " is";
      }
      Add(std::move(line));
    }
  }

  Checks& checks_;
  const std::vector<Note>& left_out_;
  std::vector<const Note*> notes_ = {};
  std::set<std::string> listed_ = {};
};

}  // namespace

void ListFates(Checks& checks, const std::vector<Note>& left_out) {
  FateLister(checks, left_out).List();
}

}  // namespace offstage::validate
