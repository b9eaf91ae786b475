using System.Text.Json;
using SentinelHealth.Dashboard.Storage;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Backtests;

/// <summary>What is kept of backtests: for each its standing, the policy it tried and its result, as files of one folder.</summary>
internal sealed class BacktestFolder(string folder)
{
    private const string Standing = ".json", Policy = ".yaml", Result = ".ndjson";
    private const int FilesMax = 1_000;

    /// <summary>Everything kept, in order of the identifiers; what cannot be read is told and left out.</summary>
    public IReadOnlyList<BacktestJob> Read(Action<string, Exception> tell)
    {
        if (!Directory.Exists(folder))
            return [];
        var jobs = new List<BacktestJob>();
        foreach (var path in Directory.GetFiles(folder, "*" + Standing).Order(StringComparer.Ordinal).Take(FilesMax))
        {
            try
            {
                var job = JsonSerializer.Deserialize<BacktestJob>(File.ReadAllBytes(path), AlertJson.Options);
                if (job?.Id == Path.GetFileNameWithoutExtension(path))
                    jobs.Add(job);
            }
            catch (Exception fault) when (fault is IOException or JsonException or UnauthorizedAccessException)
            {
                tell(path, fault);
            }
        }
        return jobs;
    }

    /// <summary>Keeps where a job stands.</summary>
    public void Keep(BacktestJob job)
    {
        Directory.CreateDirectory(folder);
        WholeFile.Replace(PathOf(job.Id, Standing), stream => JsonSerializer.Serialize(stream, job, AlertJson.Options));
    }

    /// <summary>Keeps the policy a job tries, as text that the command reads.</summary>
    public void Keep(string id, PlaybookSet playbooks)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(PathOf(id, Policy), string.Join("---\n", playbooks.Playbooks.Select(PlaybookWriter.Write)));
    }

    /// <summary>Keeps a result: the very bytes that the command answers.</summary>
    public void Keep(string id, BacktestReport report) =>
        WholeFile.Replace(PathOf(id, Result), stream => BacktestRun.Write(stream, report));

    /// <summary>The result's bytes; null when there is none.</summary>
    public FileStream? OpenResult(string id) => Open(PathOf(id, Result));

    /// <summary>A result as it was; null when there is none.</summary>
    /// <exception cref="JsonException">The file is not what was written.</exception>
    public async Task<BacktestReport?> ReadResultAsync(string id, CancellationToken cancel)
    {
        await using var file = OpenResult(id);
        if (file is null)
            return null;
        using var text = new StreamReader(file);
        var lines = new List<BacktestLine>();
        for (var line = await text.ReadLineAsync(cancel); line is not null;)
        {
            var next = await text.ReadLineAsync(cancel);
            // The last line is the sum.
            if (next is null)
                return new BacktestReport(lines, Parsed<BacktestSummary>(line));
            lines.Add(Parsed<BacktestLine>(line));
            line = next;
        }
        throw new JsonException("A result without its sum.");
    }

    private static T Parsed<T>(string line) =>
        JsonSerializer.Deserialize<T>(line, AlertJson.Options) ?? throw new JsonException("A line of a result is empty.");

    /// <summary>The policy's text; null when there is none.</summary>
    public FileStream? OpenPolicy(string id) => Open(PathOf(id, Policy));

    /// <summary>Forgets a job.</summary>
    public void Remove(string id)
    {
        // The standing goes last: a file without one would stay for ever.
        foreach (var kind in new[] { Result, Policy, Standing })
            File.Delete(PathOf(id, kind));
    }

    private string PathOf(string id, string kind) => Path.Combine(folder, id + kind);

    private static FileStream? Open(string path) =>
        File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete) : null;
}
