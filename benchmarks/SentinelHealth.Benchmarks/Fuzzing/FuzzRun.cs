using System.Diagnostics;
using System.Security.Cryptography;

namespace SentinelHealth.Benchmarks.Fuzzing;

/// <summary>What the command prints.</summary>
/// <param name="Decoder">Which decoder.</param>
/// <param name="Inputs">Inputs run.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Signatures">Different ways inputs went.</param>
/// <param name="SlowestMs">The longest an input took.</param>
/// <param name="AllocatedBytesMax">The most an input allocated.</param>
/// <param name="Finding">What went wrong; null when nothing did.</param>
internal sealed record FuzzOutcome(
    string Decoder, long Inputs, double Seconds, int Signatures, double SlowestMs, long AllocatedBytesMax, string? Finding);

/// <summary>One run of the fuzzer. Inputs that go a new way join the ones that are mutated; the corpus is bounded.</summary>
internal sealed class FuzzRun
{
    private const int InputBytesMax = 64 * 1024, CorpusMax = 4_000, KeptBytesMax = 4 * 1024;

    /// <summary>Far beyond what 64 KiB need, even on a busy machine; a quadratic step would exceed it.</summary>
    private static readonly TimeSpan InputTimeMax = TimeSpan.FromSeconds(2), HangAfter = TimeSpan.FromSeconds(20);

    /// <summary>A tree, its native records and their decoding, for each byte of the input.</summary>
    private const long AllocatedBytesPerByte = 1_000;

    private readonly FuzzTarget _target;
    private readonly Mutator _mutator;
    private readonly Random _random;
    private readonly string? _keepFolder;
    private readonly List<byte[]> _corpus = [];
    private readonly HashSet<string> _signatures = [];
    private byte[] _current = [];
    private long _startedAt;
    private double _slowestMs;
    private long _allocatedMax;

    public FuzzRun(FuzzTarget target, string seedFolder, string? keepFolder, int seed)
    {
        _target = target;
        _mutator = new Mutator(seed, InputBytesMax);
        _random = new Random(seed);
        _keepFolder = keepFolder;
        foreach (var path in Directory.EnumerateFiles(seedFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            if (!path.EndsWith(".expected.json", StringComparison.Ordinal))
                _corpus.Add(File.ReadAllBytes(path));
        if (_corpus.Count == 0)
            throw new ArgumentException("There is nothing to start from.", nameof(seedFolder));
    }

    public FuzzOutcome Run(TimeSpan atMost)
    {
        using var watchdog = new Timer(_ => StopIfHanging(), null, HangAfter, HangAfter / 4);
        var clock = Stopwatch.StartNew();
        var inputs = 0L;
        string? finding = null;
        foreach (var seed in _corpus.ToList())
            _signatures.Add(_target.Run(seed));
        while (clock.Elapsed < atMost && finding is null)
        {
            var input = _mutator.Mutate(_corpus[_random.Next(_corpus.Count)], _corpus[_random.Next(_corpus.Count)]);
            finding = Try(input);
            inputs++;
        }
        return new(_target.Name, inputs, clock.Elapsed.TotalSeconds, _signatures.Count, _slowestMs, _allocatedMax, finding);
    }

    private string? Try(byte[] input)
    {
        _current = input;
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        _startedAt = Stopwatch.GetTimestamp();
        string signature;
        try
        {
            signature = _target.Run(input);
        }
        catch (Exception fault)
        {
            return $"{fault.GetType().Name}: {fault.Message} {Save("crash", input)}\n{fault.StackTrace}";
        }
        var elapsed = Stopwatch.GetElapsedTime(_startedAt);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        _startedAt = 0;
        _slowestMs = Math.Max(_slowestMs, elapsed.TotalMilliseconds);
        _allocatedMax = Math.Max(_allocatedMax, allocated);
        if (_signatures.Add(signature))
            Keep(input);
        return elapsed > InputTimeMax ? $"took {elapsed.TotalSeconds:0.0} s for {input.Length} bytes {Save("slow", input)}"
            : allocated > _target.AllocatedBytesBase + (AllocatedBytesPerByte * input.Length)
                ? $"allocated {allocated} bytes for {input.Length} {Save("large", input)}" : null;
    }

    private void Keep(byte[] input)
    {
        if (_corpus.Count < CorpusMax && input.Length <= 4 * KeptBytesMax)
            _corpus.Add(input);
        if (input.Length <= KeptBytesMax)
            Save(_target.Name, input);
    }

    private string Save(string prefix, byte[] input)
    {
        if (_keepFolder is null)
            return $"(SHA-256 {Convert.ToHexStringLower(SHA256.HashData(input))[..16]}; repeat with --keep to have it)";
        Directory.CreateDirectory(_keepFolder);
        var path = Path.Combine(_keepFolder, $"{prefix}-{Convert.ToHexStringLower(SHA256.HashData(input))[..16]}");
        File.WriteAllBytes(path, input);
        return path;
    }

    private void StopIfHanging()
    {
        var startedAt = Interlocked.Read(ref _startedAt);
        if (startedAt == 0 || Stopwatch.GetElapsedTime(startedAt) < HangAfter)
            return;
        Console.Error.WriteLine($"{_target.Name}: an input hangs. {Save("hang", _current)}");
        Environment.Exit(1);
    }
}
