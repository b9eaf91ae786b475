using System.Security.Cryptography;
using System.Text;

namespace SentinelHealth.Response.Verification;

/// <summary>One entry as a pack has it.</summary>
internal sealed record PackEntry(long Number, string Kind, string Key, string Incident, StrictValue? Body, bool IsProven);

/// <summary>Follows the chain of a pack: every entry to the root, the root to its signature, and from stage to stage what follows from what.</summary>
internal sealed class ChainCheck(
    IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, List<PackProblem> problems, HashSet<string> altered, PackTrust trust)
{
    private static readonly string[] Stages = ["event", "versions", "score", "policy", "approvals", "receipt"];

    private readonly Dictionary<string, List<PackEntry>> _entries = new(StringComparer.Ordinal);
    private string _incident = "";
    private HeadCheck? _head;

    public KeyRing? Keys => _head?.Keys;

    public void Run()
    {
        _head = new HeadCheck(files, problems, trust);
        _head.Run();
        foreach (var stage in Stages)
            ReadStage(stage);
        // The entries say which incident they are of; what the manifest says must be the same.
        _incident = _entries["score"].Select(entry => entry.Incident).FirstOrDefault("");
        Try("pack", CheckIncident);
        Try("anchor", CheckIndex);
        Try("event", CheckEvents);
        new LinkCheck(_entries, problems, _incident).Run();
        Try("custody", CheckCustody);
        if (_head.AnchoredSize is { } anchored && !trust.AcceptsPending
            && _entries.Values.SelectMany(entries => entries).Any(entry => entry.Number >= anchored))
            problems.Add(new("anchor", "Some entries are not anchored yet."));
    }

    public PackVerdict Verdict() => new()
    {
        Problems = [],
        Incident = _incident,
        Entries = _entries.Values.Sum(entries => entries.Count),
        Erased = _entries.Values.Sum(entries => entries.Count(entry => entry.Body is null)),
        LogKey = Keys?.First ?? "",
        Anchor = _head?.Anchor ?? "",
        LedgerKey = _head?.LedgerKey ?? "",
    };

    private void CheckIncident()
    {
        if (StrictJson.Read(File("manifest.json")).TextOf("incident") != _incident && _entries["score"].Count > 0)
            problems.Add(new("pack", "The manifest is of another incident than the entries."));
    }

    private void ReadStage(string stage)
    {
        var entries = _entries[stage] = [];
        Try(stage, () =>
        {
            var last = -1L;
            foreach (var line in StrictJson.ReadLines(File($"{stage}/entries.ndjson")))
            {
                var entry = Entry(stage, line);
                if (entry.Number <= last)
                    problems.Add(new(stage, $"Entry {entry.Number} is there twice or out of order."));
                last = entry.Number;
                entries.Add(entry);
            }
        });
    }

    private PackEntry Entry(string stage, StrictValue line)
    {
        var leaf = line.Member("leaf");
        var (number, kind, key) = (leaf.NumberOf("number"), leaf.TextOf("kind"), leaf.TextOf("key"));
        if (line.Members!.Count != 4 || leaf.Members!.Count != 6)
            problems.Add(new(stage, $"Entry {number} has members that no entry has."));
        if (StageOfKind(kind) != stage)
            problems.Add(new(stage, $"Entry {number} is of another stage."));
        var (body, salt) = (line.Find("body"), line.Find("salt"));
        if ((body is null) != (salt is null))
            problems.Add(new(stage, $"Entry {number} has a body without its salt, or a salt without its body."));
        else if (body is not null
            && !leaf.HexOf("commitment").AsSpan().SequenceEqual(SHA256.HashData([.. line.HexOf("salt"), .. body.Bytes.Span])))
            problems.Add(new(stage, $"Entry {number} is not what was entered."));
        else if (body is null && kind != "event")
            problems.Add(new(stage, $"Entry {number} has no body, and is not about a person who could have been erased."));
        var path = line.ItemsOf("path").Select(item => StrictValue.Hex(item.Text ?? "")).ToList();
        // Without a head there is nothing to prove it in, and that is told as the anchor's problem.
        var isProven = _head is { Root: { } root }
            && TreeCheck.Includes(TreeCheck.Leaf(leaf.Bytes.Span), number, _head.Size, path, root);
        if (!isProven && _head is { Root: not null } && !altered.Contains("anchor/head.json"))
            problems.Add(new(stage, $"Entry {number} is not in the log, or not at this place."));
        return new PackEntry(number, kind, key, leaf.TextOf("incident"), body, isProven);
    }

    /// <summary>The list of numbers says what must be there. An entry that is proven and not in the list shows that the list was altered.</summary>
    private void CheckIndex()
    {
        var index = StrictJson.Read(File("anchor/entries.json"));
        if (index.Members!.Count != Stages.Length)
            problems.Add(new("anchor", "The list of entries has other stages than a pack."));
        foreach (var stage in Stages)
        {
            var listed = index.ItemsOf(stage).Select(item => item.Number()).ToList();
            var present = _entries[stage];
            var unlisted = present.Where(entry => !listed.Contains(entry.Number)).ToList();
            if (unlisted.Any(entry => entry.IsProven))
                problems.Add(new("anchor", $"The list of entries lacks one of the stage {stage}."));
            else if (unlisted.Count > 0)
                problems.Add(new(stage, "There is an entry that was not packed."));
            else if (listed.Except(present.Select(entry => entry.Number)).Any() || listed.Count != listed.Distinct().Count())
                problems.Add(new(altered.Contains("anchor/entries.json") ? "anchor" : stage, "An entry that was packed is missing."));
        }
    }

    /// <summary>The records beside the entries are those in them.</summary>
    private void CheckEvents()
    {
        using var raw = new MemoryStream();
        foreach (var entry in _entries["event"])
        {
            if (entry.Body is not { } body)
                continue;
            if (body.TextOf("id") != entry.Key)
                problems.Add(new("event", $"Entry {entry.Number} holds another event than it is filed under."));
            raw.Write(Encoding.UTF8.GetBytes(body.TextOf("record").ReplaceLineEndings(" ")));
            raw.WriteByte((byte)'\n');
        }
        if (!File("event/raw.ndjson").Span.SequenceEqual(raw.GetBuffer().AsSpan(0, (int)raw.Length)))
            problems.Add(new("event", "event/raw.ndjson does not hold the records of the entries."));
        var normalized = StrictJson.ReadLines(File("event/normalized.ndjson"));
        var records = _entries["event"].Select(entry => entry.Body).OfType<StrictValue>().Select(body => body.TextOf("record")).ToList();
        if (normalized.Count != records.Count || normalized.Zip(records, SameJson.Are).Contains(false))
            problems.Add(new("event", "event/normalized.ndjson does not hold the events of the entries."));
    }

    private void CheckCustody()
    {
        var last = (string?)null;
        foreach (var step in StrictJson.ReadLines(File("custody.ndjson")))
        {
            var said = Encoding.UTF8.GetString(step.Bytes.Span);
            var to = step.TextOf("toHash");
            var mark = $",\"toHash\":\"{to}\"";
            var at = said.IndexOf(mark, StringComparison.Ordinal);
            var before = at < 0 ? "" : said.Remove(at, mark.Length);
            if (Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(before))) != to
                || (last is not null && step.TextOf("fromHash") != last))
                problems.Add(new("custody", "The record of who had the evidence is not what was written."));
            last = to;
        }
        if (last is null)
            problems.Add(new("custody", "The record of who had the evidence is empty."));
    }

    private static string StageOfKind(string kind) => kind switch
    {
        "event" => "event",
        "batch" or "versions" => "versions",
        "alert" or "incident" => "score",
        "seen" or "decision" or "refusal" => "policy",
        "approval" or "step" => "approvals",
        "receipt" => "receipt",
        _ => "",
    };

    private ReadOnlyMemory<byte> File(string name) =>
        files.TryGetValue(name, out var content) ? content : throw new VerificationException($"{name} is missing.");

    private void Try(string stage, Action check)
    {
        try
        {
            check();
        }
        catch (VerificationException fault)
        {
            problems.Add(new(stage, fault.Message));
        }
    }
}
