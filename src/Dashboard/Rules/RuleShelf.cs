using System.Collections.Immutable;
using SentinelHealth.Dashboard.Content;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.Rules.Sigma;

namespace SentinelHealth.Dashboard.Rules;

/// <summary>The rules in use, and what is wrong with those in the folder.</summary>
/// <param name="Rules">The rules in use.</param>
/// <param name="LoadedAt">Since when.</param>
/// <param name="Problems">Why the folder as it is now is not in use, or what of it was refused at the start; empty when all is well.</param>
/// <param name="ReloadCount">Times the folder or a stage changed and was taken into use.</param>
/// <param name="FailureCount">Times a change of the folder was refused.</param>
internal sealed record RuleShelfState(
    StagedRules Rules, DateTimeOffset LoadedAt, IReadOnlyList<SigmaProblem> Problems, long ReloadCount, long FailureCount);

/// <summary>Holds the rules of a folder with the stages people decided, and exchanges them whole. Safe from many threads.</summary>
/// <remarks>
/// Rules are read and compiled by whoever calls, never by those who ask for <see cref="Current"/>. At the start, documents that cannot be
/// honoured are left out; later on, one of them keeps all of the folder's changes from being used.
/// </remarks>
internal sealed class RuleShelf
{
    private readonly string _folder;
    private readonly RuleStageStore _store;
    private readonly TimeProvider _clock;
    private readonly ContentGuard? _guard;
    private readonly Lock _changing = new();
    private RuleFolder _read;
    private ulong _markSeen;
    private string _stagesSeen;
    private bool _isUnreadable;
    private string _objection = "";
    private ImmutableDictionary<string, RuleStageDecision> _decisions;
    private volatile RuleShelfState _state;

    private RuleShelf(string folder, RuleStageStore store, TimeProvider clock, ContentGuard? guard)
    {
        (_folder, _store, _clock, _guard) = (folder, store, clock, guard);
        _read = RuleFolder.Read(folder);
        _markSeen = _read.Mark;
        _stagesSeen = store.Mark;
        _decisions = store.Read().ToImmutableDictionary(StringComparer.Ordinal);
        var rules = StagedRules.Of(_read.Files, Stages(_decisions));
        _state = new RuleShelfState(rules, clock.GetUtcNow(), rules.Problems, 0, 0);
    }

    /// <summary>The rules in use.</summary>
    public StagedRules Current => _state.Rules;

    /// <summary>The rules in use, and what is wrong with the folder.</summary>
    public RuleShelfState State => _state;

    /// <summary>SHA-256 of the rules in use as they lie in the folder, in lower-case hex.</summary>
    public string Sha256 => _read.Sha256;

    /// <summary>The folder.</summary>
    public string Folder => _folder;

    /// <summary>What people decided, by names of rules.</summary>
    public IReadOnlyDictionary<string, RuleStageDecision> Decisions => _decisions;

    /// <summary>Reads the folder for the first time.</summary>
    /// <exception cref="IOException">The folder or one of its files cannot be read.</exception>
    /// <exception cref="InvalidDataException">The decisions of people cannot be read.</exception>
    public static RuleShelf Open(string folder, RuleStageStore store, TimeProvider clock, ContentGuard? guard = null) =>
        new(folder, store, clock, guard);

    /// <summary>Takes the folder into use if it has changed since the last look. What cannot be used leaves everything as it is.</summary>
    /// <returns>What became of it; null when nothing has changed.</returns>
    public RuleShelfState? Refresh()
    {
        lock (_changing)
        {
            try
            {
                var isStaged = TakeStages();
                if (RuleFolder.MarkOf(_folder) == _markSeen && !_isUnreadable)
                    return isStaged ? Use(_read, StagedRules.Of(_read.Files, Stages(_decisions))) : null;
                var read = RuleFolder.Read(_folder);
                (_markSeen, _isUnreadable) = (read.Mark, false);
                // After reading: what was exchanged meanwhile has another mark and is looked at again.
                if (_guard?.Objection(_folder, "rules") is { } objection)
                    return RefuseUnsigned(objection);
                _objection = "";
                var rules = StagedRules.Of(read.Files, Stages(_decisions));
                return rules.Problems.Count > 0 ? Refuse(rules.Problems) : Use(read, rules);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                var problem = new SigmaProblem(_folder, 0, fault.Message.ReplaceLineEndings(" "));
                // A folder that is gone stays gone for a while; that is one failure, not one a look.
                var isKnown = _isUnreadable;
                _isUnreadable = true;
                return isKnown ? null : Refuse([problem]);
            }
        }
    }

    /// <summary>Puts a rule into another stage: durable first, then in force.</summary>
    /// <returns>False when there is no such rule.</returns>
    /// <exception cref="IOException">It cannot be made durable, and is not in force.</exception>
    public bool Decide(string name, RuleStageDecision decision)
    {
        lock (_changing)
        {
            if (!_state.Rules.Rules.Any(rule => rule.Name == name))
                return false;
            _decisions = _store.Decide(name, decision).ToImmutableDictionary(StringComparer.Ordinal);
            var rules = StagedRules.Of(_read.Files, Stages(_decisions));
            _state = _state with { Rules = rules, LoadedAt = _clock.GetUtcNow(), ReloadCount = _state.ReloadCount + 1 };
            return true;
        }
    }

    /// <summary>What was decided in another process that shares the stages.</summary>
    private bool TakeStages()
    {
        var mark = _store.Mark;
        if (mark == _stagesSeen)
            return false;
        var decisions = _store.Read();
        _stagesSeen = mark;
        // What was decided here is in use already.
        if (decisions.Count == _decisions.Count && decisions.All(pair => _decisions.GetValueOrDefault(pair.Key) == pair.Value))
            return false;
        _decisions = decisions.ToImmutableDictionary(StringComparer.Ordinal);
        return true;
    }

    private RuleShelfState Use(RuleFolder read, StagedRules rules)
    {
        _read = read;
        return _state = _state with
        {
            Rules = rules,
            LoadedAt = _clock.GetUtcNow(),
            Problems = [],
            ReloadCount = _state.ReloadCount + 1,
        };
    }

    /// <summary>A signature may follow its files: it is looked for again each time, and told once.</summary>
    private RuleShelfState? RefuseUnsigned(string objection)
    {
        _markSeen = 0;
        if (_objection == objection)
            return null;
        _objection = objection;
        return Refuse([new SigmaProblem(_folder, 0, objection)]);
    }

    private RuleShelfState Refuse(IReadOnlyList<SigmaProblem> problems) =>
        _state = _state with { Problems = problems, FailureCount = _state.FailureCount + 1 };

    private static Dictionary<string, DetectorStage> Stages(IReadOnlyDictionary<string, RuleStageDecision> decisions) =>
        decisions.ToDictionary(pair => pair.Key, pair => pair.Value.Stage, StringComparer.Ordinal);
}
