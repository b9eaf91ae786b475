using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using SentinelHealth.Response.Storage.Engines;

namespace SentinelHealth.Testing.Storage;

/// <summary>
/// A real PostgreSQL server of the tests' own: in a temporary folder, reached by a socket in it, with nothing listening on a port.
/// PostgreSQL refuses to run as root, so it runs as nobody then.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const int NobodyId = 65534;

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _said = new();
    private Process? _process;
    private int _sites;

    /// <summary>Where its programs are; null when it is not installed.</summary>
    public static string? ProgramFolder { get; } = FindPrograms();

    /// <summary>What it said last, for the message of a failing test.</summary>
    public string Said => string.Join('\n', _said);

    /// <summary>The folder of its socket.</summary>
    public string SocketFolder => _folder.Path;

    /// <summary>Of all its processes, those that have ended among them.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            var server = int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), NumberStyles.None, CultureInfo.InvariantCulture);
            var ticks = 0L;
            foreach (var folder in Directory.GetDirectories("/proc"))
            {
                if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)
                    && StatOf(folder) is { } stat && (id == server || stat[1] == server))
                    // utime, stime; and of the server itself those of its children that ended.
                    ticks += stat[11] + stat[12] + (id == server ? stat[13] + stat[14] : 0);
            }
            return TimeSpan.FromSeconds(ticks / 100.0);
        }
    }

    private bool IsLasting { get; init; }

    private string Data => _folder.File("data");

    private static bool IsRoot => EffectiveUserId() == 0;

    /// <param name="isLasting">Whether it clears up behind itself, as a server does that runs for long.</param>
    public static async Task<PostgresServer> StartAsync(bool isLasting = false)
    {
        var server = new PostgresServer { IsLasting = isLasting };
        try
        {
            if (IsRoot)
                await RunAsync("chown", NobodyId.ToString(CultureInfo.InvariantCulture), server._folder.Path);
            await RunAsync(ProgramLine("initdb", "--pgdata", server.Data, "--auth", "trust", "--username", "sentinel",
                "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"));
            await server.ResumeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Options of a store of one test; a prefix of its own keeps tests apart.</summary>
    public PostgresOptions Options(string? prefix = null) => new()
    {
        ConnectionString = ConnectionString(SocketFolder),
        SchemaPrefix = prefix ?? NewPrefix(),
        ConnectionsMax = 4,
    };

    public string NewPrefix() => string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _sites)}");

    public static string ConnectionString(string host) => $"Host={host};Database=postgres;Username=sentinel";

    /// <summary>Runs a statement as nobody's store.</summary>
    public async Task<object?> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(SocketFolder) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A test's own text.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }

    /// <summary>As a power cut: it gets no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        // Its children notice that it is gone and end.
        using (var server = Process.GetProcessById(int.Parse(
            (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0], NumberStyles.None, CultureInfo.InvariantCulture)))
            server.Kill();
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts it, or starts it again on what it left.</summary>
    public async Task ResumeAsync()
    {
        // The children of one that was killed hold its memory for a moment, and a start is refused meanwhile.
        await Patience.UntilAsync(TryStartAsync, () => Said);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    private async Task<bool> TryStartAsync()
    {
        var line = ProgramLine(
            "postgres", "-D", Data, "-k", SocketFolder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200",
            "-c", "shared_buffers=32MB", "-c", IsLasting ? "autovacuum=on" : "autovacuum=off", "-c", "restart_after_crash=off");
        // It ends with the test, however the test ends: the shell reads what the test holds open.
        var process = Process.Start(StartOf(
            ["sh", "-c", "exec 3<&0; \"$@\" & server=$!; (cat <&3 >/dev/null; kill -QUIT $server) & wait $server", "sh", .. line])) ?? throw new InvalidOperationException("PostgreSQL did not start.");
        process.OutputDataReceived += (_, said) => Keep(said.Data);
        process.ErrorDataReceived += (_, said) => Keep(said.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!process.HasExited)
        {
            try
            {
                await AskAsync("SELECT 1");
                _process = process;
                return true;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            }
        }
        process.Dispose();
        return false;
    }

    /// <summary>The numbers after a process's name and state; null when it has ended meanwhile. proc(5).</summary>
    private static long[]? StatOf(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            var words = text[(text.LastIndexOf(')') + 4)..].Split(' ');
            return [0, .. words.Select(word => long.TryParse(word, CultureInfo.InvariantCulture, out var value) ? value : 0)];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _said.Enqueue(line);
        while (_said.Count > 200)
            _said.TryDequeue(out _);
    }

    private static string[] ProgramLine(string program, params string[] arguments)
    {
        var path = Path.Combine(
            ProgramFolder ?? throw new InvalidOperationException("PostgreSQL is not installed: apt-get install postgresql"), program);
        var id = NobodyId.ToString(CultureInfo.InvariantCulture);
        return IsRoot ? ["setpriv", "--reuid", id, "--regid", id, "--clear-groups", path, .. arguments] : [path, .. arguments];
    }

    private static ProcessStartInfo StartOf(string[] line)
    {
        var start = new ProcessStartInfo(line[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in line.Skip(1))
            start.ArgumentList.Add(argument);
        return start;
    }

    private static async Task RunAsync(params string[] line)
    {
        using var process = Process.Start(StartOf(line)) ?? throw new InvalidOperationException($"{line[0]} did not start.");
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', line)} failed.\n{string.Concat(said)}");
    }

    private static string? FindPrograms()
    {
        const string debian = "/usr/lib/postgresql";
        var places = Directory.Exists(debian)
            ? Directory.GetDirectories(debian).OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return places.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")));
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    private static extern uint EffectiveUserId();
}
