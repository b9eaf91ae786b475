using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;

namespace SentinelHealth.Testing.Simulated;

/// <summary>What a person said about a task.</summary>
internal sealed record TaskWord(string TaskId, string Person, CaseTaskOutcome Outcome)
{
    /// <summary>Whether the program told that person that it ended by them.</summary>
    public bool WasAccepted { get; set; }
}

/// <content>What playbooks ask of people, and how it ended.</content>
internal sealed partial class ResponseOracle
{
    private readonly SortedDictionary<string, CaseTask> _owed = new(StringComparer.Ordinal);
    private readonly List<TaskWord> _taskWords = [];

    /// <summary>Every task that was made durable, ended or not, in the order of their identifiers.</summary>
    public IReadOnlyList<CaseTask> TasksOwed => [.. _owed.Values];

    /// <summary>A person says that a task has ended.</summary>
    public TaskWord TaskEnded(string taskId, string person, CaseTaskOutcome outcome)
    {
        var word = new TaskWord(taskId, person, outcome);
        _taskWords.Add(word);
        return word;
    }

    /// <summary>After everything has settled: each task is there, and ended once at most, by somebody who said so.</summary>
    public void AtEnd(IReadOnlyList<CaseTask> stored)
    {
        foreach (var owed in _owed.Values)
        {
            var found = stored.Where(task => task.Id == owed.Id).ToList();
            if (found.Count != 1)
                Violated($"The task {owed.Id} is there {found.Count} times.");
            else if (found[0] is { Outcome: { } outcome } task
                && !_taskWords.Exists(
                    word => word.TaskId == task.Id && word.Person == task.ConcludedBy && word.Outcome == outcome))
                Violated($"The task {owed.Id} is {outcome} by {task.ConcludedBy}, who never said so.");
            else if (found[0].Outcome is null && _taskWords.Exists(word => word.TaskId == owed.Id && word.WasAccepted))
                Violated($"The task {owed.Id} is open, and somebody was told that they had ended it.");
        }
        var accepted = _taskWords.Where(word => word.WasAccepted).CountBy(word => word.TaskId);
        foreach (var twice in accepted.Where(count => count.Value > 1))
            Violated($"The task {twice.Key} was ended by {twice.Value} people.");
        foreach (var task in stored.Where(task => !_owed.ContainsKey(task.Id)))
            Violated($"The task {task.Id} was never decided.");
    }

    /// <summary>A playbook that observes asks nobody; any other asks for what its file says, whenever it speaks up about an incident.</summary>
    private void JudgeTasks(CaseCommit commit, IReadOnlyDictionary<string, PlaybookMode> modes)
    {
        foreach (var task in commit.Tasks)
        {
            var playbook = _files[task.RequestedBy["policy:".Length..]];
            if (modes[playbook.Name] == PlaybookMode.Observe)
                Violated($"I3: {playbook.Name} asked people for something, and it only observes.");
            if (!playbook.Tasks.Any(wanted => wanted.Title == task.Title && task.RequestedAt + wanted.Within == task.DueAt))
                Violated($"{playbook.Name} asks for {task.Title} until {task.DueAt:u}, which its file does not.");
            _owed.TryAdd(task.Id, task);
        }
        // Who is told of an incident and who is asked about it go together, because one look at the mode decides both.
        foreach (var notice in commit.Notices)
        {
            var asked = commit.Tasks.Count(task => task.RequestedBy == "policy:" + notice.Playbook && task.IncidentId == notice.IncidentId);
            if (asked != _files[notice.Playbook].Tasks.Count)
                Violated($"{notice.Playbook} told somebody about {notice.IncidentId} and asked for {asked} of {_files[notice.Playbook].Tasks.Count} tasks.");
        }
    }
}
