using System.ComponentModel;
using System.Diagnostics;
using SentinelHealth.Dashboard.Commands;

namespace SentinelHealth.Dashboard.Onboarding;

/// <summary>
/// The demonstration, run beside the monitor as a process of its own with a folder of its own: sample data that nobody can take for real, and that is gone when
/// it is turned off. It listens on this machine only.
/// </summary>
internal sealed class DemoBeside(ILogger<DemoBeside> log) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Process? _process;
    private TaskCompletionSource<string> _answering = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it runs.</summary>
    public bool IsOn
    {
        get
        {
            lock (_gate)
                return _process is { HasExited: false };
        }
    }

    /// <summary>Where it answers; empty until it does.</summary>
    public string Address => IsOn && Answering is { IsCompletedSuccessfully: true } answering ? answering.Result : "";

    /// <summary>Where it answers, as soon as it does; empty when it ended before.</summary>
    public Task<string> Answering => _answering.Task;

    /// <summary>Starts it; does nothing while it runs.</summary>
    /// <returns>What went wrong; empty when nothing did.</returns>
    public string TurnOn()
    {
        lock (_gate)
        {
            if (_process is { HasExited: false })
                return "";
            _answering = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _process?.Dispose();
            try
            {
                _process = Process.Start(Order()) ?? throw new InvalidOperationException("No process was started.");
            }
            catch (Exception fault) when (fault is Win32Exception or InvalidOperationException or FileNotFoundException)
            {
                log.DemoNotStarted(fault);
                return "The demonstration could not be started; the log says why.";
            }
            var answering = _answering;
            _process.OutputDataReceived += (_, line) => Hear(line.Data, answering);
            _process.Exited += (_, _) => answering.TrySetResult("");
            _process.EnableRaisingEvents = true;
            _process.BeginOutputReadLine();
            return "";
        }
    }

    /// <summary>Ends it and forgets its data.</summary>
    public void TurnOff()
    {
        lock (_gate)
        {
            if (_process is { HasExited: false } running)
            {
                running.Kill(entireProcessTree: true);
                running.WaitForExit(Patience);
            }
            _process?.Dispose();
            _process = null;
        }
    }

    public void Dispose() => TurnOff();

    /// <summary>Its input is a pipe of this process, which the system closes with it, so the demonstration does not outlive a monitor that was killed.</summary>
    internal static ProcessStartInfo Order()
    {
        var program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "sentinel.exe" : "sentinel");
        var order = new ProcessStartInfo(File.Exists(program) ? program : "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (!File.Exists(program))
            order.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "sentinel.dll"));
        foreach (var argument in (string[])["demo", "--urls", "http://127.0.0.1:0", DemoCommand.EndsWithInput])
            order.ArgumentList.Add(argument);
        return order;
    }

    private static void Hear(string? line, TaskCompletionSource<string> answering)
    {
        var address = line?.Split(' ').FirstOrDefault(word => word.StartsWith("http://127.0.0.1:", StringComparison.Ordinal));
        if (address is not null)
            answering.TrySetResult(address);
    }
}

/// <summary>What the demonstration beside the monitor says.</summary>
internal static partial class DemoBesideLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The demonstration could not be started beside the monitor.")]
    public static partial void DemoNotStarted(this ILogger logger, Exception fault);
}
