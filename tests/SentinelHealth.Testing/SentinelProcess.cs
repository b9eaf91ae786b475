using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SentinelHealth.Testing;

/// <summary>The program as people run it: a process of its own, started from the build's output.</summary>
public sealed class SentinelProcess : IAsyncDisposable
{
    private const int Terminate = 15, Resume = 18, Stop = 19;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();
    private int _isDisposed;

    private SentinelProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything it wrote, for the message of a failing test.</summary>
    public string Said => string.Join('\n', _said);

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Of all its threads since its start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Memory that is in use by it and not swapped out.</summary>
    public long WorkingSetBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static SentinelProcess Start(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(ProgramFile());
        foreach (var argument in args)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new SentinelProcess(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start."));
    }

    /// <summary>The first line it writes that holds a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        await Patience.UntilAsync(
            () => _said.Any(line => line.Contains(text, StringComparison.Ordinal)) || HasExited, () => Said);
        // A process can be gone before its last lines have been read: this waits for the end of what it wrote.
        if (HasExited)
            await _process.WaitForExitAsync();
        return _said.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"It ended without saying \"{text}\".\n{Said}");
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>As a power cut: it gets no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>It stands still until it may continue, as on a machine that is moved or has no memory left.</summary>
    public void Pause() => Send(Stop);

    public void Continue() => Send(Resume);

    /// <summary>As a service manager: it is asked to end.</summary>
    public async Task<int> StopAsync()
    {
        Send(Terminate);
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
            return;
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    /// <summary>Beside the tests' own output: artifacts/bin/project/configuration.</summary>
    private static string ProgramFile()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var file = Path.Combine(own.Parent!.Parent!.FullName, "SentinelHealth.Dashboard", own.Name, "sentinel.dll");
        return File.Exists(file) ? file : throw new InvalidOperationException($"Build the product first: {file} is missing.");
    }

    private void Send(int signal)
    {
        if (SendSignal(_process.Id, signal) != 0)
            throw new InvalidOperationException($"The process could not be sent the signal {signal}.");
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _said.Enqueue(line);
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
