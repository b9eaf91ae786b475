using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SentinelHealth.Ingest.Evm;

namespace SentinelHealth.Testing;

/// <summary>How a test's node behaves.</summary>
public sealed record AnvilOptions
{
    /// <summary>Seconds between blocks; zero mines a block for each transaction.</summary>
    public int BlockTimeSeconds { get; init; }

    /// <summary>Whether transactions wait until the test orders a block with <c>evm_mine</c>.</summary>
    public bool MinesOnDemand { get; init; }

    /// <summary>File the node loads its state from at start and writes it to at its end; null keeps none.</summary>
    public string? StateFile { get; init; }

    /// <summary>Time of the first block, to replay events at their own times; null is now.</summary>
    public DateTimeOffset? StartsAt { get; init; }
}

/// <summary>
/// A real EVM node of one test: anvil on a free loopback port, where any address may send and gas costs nothing.
/// </summary>
public sealed class AnvilNode : IAsyncDisposable
{
    private const string Install = "Run \"npm ci --prefix contracts\" in the repository first.";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly AnvilOptions _options;
    private readonly int _port;
    private Process? _process;

    private AnvilNode(AnvilOptions options, int port)
    {
        _options = options;
        _port = port;
        Endpoint = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        Rpc = new JsonRpcClient(new JsonRpcOptions { Endpoint = Endpoint, Timeout = TimeSpan.FromSeconds(30) });
    }

    /// <summary>Where it listens; the same across restarts.</summary>
    public Uri Endpoint { get; }

    /// <summary>A client of its own, apart from whatever is under test.</summary>
    public JsonRpcClient Rpc { get; }

    /// <summary>Starts a node and waits until it listens.</summary>
    public static async Task<AnvilNode> StartAsync(AnvilOptions? options = null)
    {
        // Another process may take the probed port before anvil binds it, so a failed start is tried on another port.
        for (var attempt = 1; ; attempt++)
        {
            var node = new AnvilNode(options ?? new AnvilOptions(), FreePort());
            try
            {
                await node.RunAsync(node._options.StartsAt);
                return node;
            }
            catch (InvalidOperationException)
            {
                await node.DisposeAsync();
                if (attempt == 3)
                    throw;
            }
        }
    }

    /// <summary>Ends the process as a power cut would. Whatever it held in memory is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>Asks the process to end; with a state file it writes its state first.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        if (SendSignal(process.Id, 15) != 0)
            throw new InvalidOperationException("The node could not be asked to end.");
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>
    /// Starts it again on the same port, from its state file when it has one, else from an empty chain. Two empty chains are the
    /// same chain when their first blocks have the same second, so a test that wants another one names a time of its own.
    /// </summary>
    public Task RestartAsync(DateTimeOffset? startsAt = null) => RunAsync(startsAt ?? _options.StartsAt);

    /// <summary>Mines empty blocks.</summary>
    public Task MineAsync(int blocks = 1) => Rpc.CallAsync("anvil_mine", CancellationToken.None, Hex.Quantity(blocks));

    /// <summary>Moves the node's clock forward and mines a block at the new time.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        await Rpc.CallAsync("evm_increaseTime", CancellationToken.None, (long)by.TotalSeconds);
        await MineAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Rpc.Dispose();
    }

    /// <summary>The repository's root, found by walking up from the test's own assembly.</summary>
    public static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SentinelHealth.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("SentinelHealth.sln was not found above the tests.");
    }

    private async Task RunAsync(DateTimeOffset? startsAt)
    {
        var start = new ProcessStartInfo(Binary()) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments(startsAt))
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("anvil did not start.");
        using var limit = new CancellationTokenSource(StartLimit);
        var said = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            said.Add(line);
            if (!line.StartsWith("Listening on", StringComparison.Ordinal))
                continue;
            // Its pipes are drained until it ends, or it would block once they are full.
            _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            _ = _process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
            return;
        }
        var complaint = await _process.StandardError.ReadToEndAsync(limit.Token);
        throw new InvalidOperationException($"anvil ended before it listened: {string.Join(' ', said.TakeLast(3))} {complaint}");
    }

    private IEnumerable<string> Arguments(DateTimeOffset? startsAt)
    {
        yield return "--host";
        yield return "127.0.0.1";
        yield return "--port";
        yield return _port.ToString(CultureInfo.InvariantCulture);
        yield return "--auto-impersonate";
        yield return "--gas-price";
        yield return "0";
        yield return "--block-base-fee-per-gas";
        yield return "0";
        if (_options.BlockTimeSeconds > 0)
        {
            yield return "--block-time";
            yield return _options.BlockTimeSeconds.ToString(CultureInfo.InvariantCulture);
        }
        if (_options.MinesOnDemand)
            yield return "--no-mining";
        if (_options.StateFile is { } file)
        {
            yield return "--state";
            yield return file;
        }
        if (startsAt is { } at)
        {
            yield return "--timestamp";
            yield return at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }
    }

    private static string Binary()
    {
        var modules = Path.Combine(RepositoryRoot(), "contracts", "node_modules", "@foundry-rs");
        var system = OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsWindows() ? "win32" : "linux";
        var machine = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        var binary = Path.Combine(modules, $"anvil-{system}-{machine}", "bin", OperatingSystem.IsWindows() ? "anvil.exe" : "anvil");
        return File.Exists(binary) ? binary : throw new InvalidOperationException($"No anvil at {binary}. {Install}");
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
