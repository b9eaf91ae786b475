using System.Diagnostics;
using System.Text.RegularExpressions;
using SentinelHealth.Testing;
using SentinelHealth.Testing.Storage;

namespace SentinelHealth.Benchmarks.Cluster;

/// <summary>The cluster with everything that is done to it: three processes, brokers, a database, a chain, two small disks, a wrong clock.</summary>
internal sealed class ChaosSite : IAsyncDisposable
{
    public const int Partitions = 4;
    public const string Main = "main";

    /// <summary>Containments are short, so that their ends are part of the run.</summary>
    private const string Ttl = "ttl: 2m";

    private readonly Dictionary<string, SentinelProcess> _running = [];
    private readonly List<string> _disks = [];
    private readonly string _playbooks;

    private ChaosSite(PostgresServer database, SentinelCluster cluster, string playbooks, string? clockShim) =>
        (Database, Cluster, _playbooks, ClockShim) = (database, cluster, playbooks, clockShim);

    public PostgresServer Database { get; }

    public SentinelCluster Cluster { get; }

    /// <summary>A library that moves a process's clock; null without a C compiler.</summary>
    public string? ClockShim { get; }

    /// <summary>Whether nobody else can get the broker's port while it is down.</summary>
    public bool IsBrokerPortKept { get; private set; }

    /// <summary>Folders on disks of their own that can be filled.</summary>
    public IReadOnlyList<string> Disks => _disks;

    /// <summary>Who runs, by name.</summary>
    public static IReadOnlyDictionary<string, string> Roles { get; } = new Dictionary<string, string>
    {
        [Main] = "respond,dashboard",
        ["worker-1"] = "ingest,detect",
        ["worker-2"] = "ingest,detect",
    };

    public static async Task<ChaosSite> StartAsync()
    {
        var database = await PostgresServer.StartAsync();
        var state = Path.Combine(Path.GetTempPath(), $"chain-{Environment.ProcessId}.json");
        var cluster = await SentinelCluster.StartAsync(
            Partitions, database, new AnvilOptions { StateFile = state, BlockTimeSeconds = 1 });
        // The run is about once and only once: caps are tried elsewhere.
        for (var kind = 0; kind < 3; kind++)
            await cluster.Chain.AdministerAsync("setLimits", kind, 100_000, 256, 3600, 86_400);
        await cluster.Chain.AdministerAsync("setSafeguards", 0, 3 * 256);
        var site = new ChaosSite(database, cluster, PlaybooksIn(cluster.DataOf("playbooks")), Shim(cluster.DataOf("clock")));
        try
        {
            site.IsBrokerPortKept = IsKept(cluster.Brokers.Bootstrap.Split(':')[^1]);
            foreach (var name in Roles.Keys)
            {
                site.MountDisk(name);
                site.Start(name);
            }
            foreach (var name in Roles.Keys)
                await site.Running(name).LineAsync("answers at");
            return site;
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
    }

    public SentinelProcess Running(string name) => _running[name];

    /// <summary>Starts a process; with a clock that is wrong by so many seconds when asked.</summary>
    public void Start(string name, int clockOffSeconds = 0)
    {
        List<(string, string)> settings =
        [
            ("SENTINELHEALTH__Playbooks__Folder", _playbooks),
            ("SENTINELHEALTH__Response__NodesPerHourMax", "1000"), ("SENTINELHEALTH__Response__ActorsPerHourMax", "1000"),
            ("SENTINELHEALTH__Response__GrantsPerHourMax", "1000"),
            ("SENTINELHEALTH__Response__StaffShareMax", "1"),
        ];
        if (clockOffSeconds != 0 && ClockShim is not null)
            settings.AddRange([("LD_PRELOAD", ClockShim), ("CLOCK_OFF_SECONDS", $"{clockOffSeconds}")]);
        _running[name] = Cluster.Start(name, Roles[name], [.. settings]);
    }

    /// <summary>Everything works again, with clocks that are right.</summary>
    public async Task HealAsync(CancellationToken cancel)
    {
        foreach (var name in Roles.Keys)
        {
            if (!Running(name).HasExited)
                await Running(name).StopAsync();
            cancel.ThrowIfCancellationRequested();
            Start(name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Lazily: the processes still have files open there, and the folders are removed with the cluster.
        foreach (var disk in _disks)
            Run("umount", "-l", disk);
        await Cluster.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>A disk that ends after some megabytes; a machine that gives none is told of at the end by the faults that were not inflicted.</summary>
    private void MountDisk(string name)
    {
        var folder = Cluster.DataOf(name);
        Directory.CreateDirectory(folder);
        if (Run("mount", "-t", "tmpfs", "-o", "size=1g,mode=0700", "tmpfs", folder))
            _disks.Add(folder);
    }

    private static string PlaybooksIn(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Path.Combine(AnvilNode.RepositoryRoot(), "playbooks"), "*.yaml"))
            File.WriteAllText(
                Path.Combine(folder, Path.GetFileName(file)), Regex.Replace(File.ReadAllText(file), "ttl: [0-9a-z]+", Ttl));
        return folder;
    }

    /// <summary>Real time moved by seconds; spans of time stay as they are, as when somebody sets a machine's clock.</summary>
    private static string? Shim(string folder)
    {
        Directory.CreateDirectory(folder);
        var source = Path.Combine(folder, "clock.c");
        File.WriteAllText(source, """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdlib.h>
            #include <time.h>
            int clock_gettime(clockid_t which, struct timespec *at) {
                static int (*real)(clockid_t, struct timespec *);
                if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
                int result = real(which, at);
                const char *off = getenv("CLOCK_OFF_SECONDS");
                if (which == CLOCK_REALTIME && off) at->tv_sec += atoi(off);
                return result;
            }
            """);
        var library = Path.Combine(folder, "clock.so");
        return Run("cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl") ? library : null;
    }

    /// <summary>Takes a port out of those the system gives away; only who administers the machine may.</summary>
    private static bool IsKept(string port)
    {
        try
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_local_reserved_ports", port);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Run(params string[] line)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
