using System.Diagnostics;

namespace SentinelHealth.Integration.Tests;

/// <summary>The measuring program, run as people run it.</summary>
internal static class BenchmarkProgram
{
    /// <summary>Runs a command to its end.</summary>
    /// <returns>Its exit code and what it printed.</returns>
    public static async Task<(int ExitCode, string Said)> RunAsync(params IReadOnlyList<string> args)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(
            own.Parent!.Parent!.FullName, "SentinelHealth.Benchmarks", own.Name, "SentinelHealth.Benchmarks.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(program);
        foreach (var argument in args)
            start.ArgumentList.Add(argument);
        using var run = Process.Start(start)!;
        var said = await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (run.ExitCode, said);
    }
}
