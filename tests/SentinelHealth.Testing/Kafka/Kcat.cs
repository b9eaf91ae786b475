using System.Diagnostics;

namespace SentinelHealth.Testing.Kafka;

/// <summary>kcat: a Kafka client that is not ours, built on another version of the library, to check ours against.</summary>
public static class Kcat
{
    /// <summary>Runs it to its end and gives the lines it wrote.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(IEnumerable<string> lines, params string[] args)
    {
        var start = new ProcessStartInfo("kcat")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in args)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("kcat did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        foreach (var line in lines)
            await process.StandardInput.WriteAsync(line + "\n");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"kcat ended with {process.ExitCode}: {await errors}");
    }
}
