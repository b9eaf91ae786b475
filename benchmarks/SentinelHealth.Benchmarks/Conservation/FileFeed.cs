using SentinelHealth.Benchmarks.Kafka;

namespace SentinelHealth.Benchmarks.Conservation;

/// <summary>
/// Writes a log file as programs do: in pieces that end anywhere, renaming it when it is large, sometimes finishing a line in the
/// renamed one, and now and then cutting it in place once all of it was read.
/// </summary>
internal sealed class FileFeed(string path, int seed) : IFeed, IDisposable
{
    private const int LinesPerStepMax = 120, InFlightMax = 20_000, RotatedKept = 60;
    private const double HalfLines = 0.3, Rotations = 0.04, Cuts = 0.01;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(8);

    private readonly Random _random = new(seed);
    private readonly Queue<string> _rotated = new();
    private FileStream _file = Open(path, FileMode.CreateNew);
    private long _fed;
    private long _fedAtCut;
    private int _rotations;
    private int _cuts;
    private int _halves;

    public long Fed => Volatile.Read(ref _fed);

    public string Account => $"{_rotations} rotations, {_cuts} cuts in place, {_halves} lines written in two pieces";

    public async Task RunAsync(Func<long> scored, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await WriteAsync(_random.Next(1, LinesPerStepMax + 1));
            await Task.Delay(Step, CancellationToken.None);
            // Who renames a file that was cut before anybody looked leaves nothing to know it by.
            if (_random.NextDouble() < Rotations && scored() > _fedAtCut)
                await RotateAsync();
            else if (_random.NextDouble() < Cuts)
                await CutAsync(scored, stop);
            while (Fed - scored() > InFlightMax && !stop.IsCancellationRequested)
                await Task.Delay(Step, CancellationToken.None);
        }
    }

    public void Dispose() => _file.Dispose();

    private async Task WriteAsync(int lines)
    {
        using var text = new MemoryStream();
        for (var i = 0; i < lines; i++)
        {
            text.Write(ConservationPlan.RecordOf((int)Fed + i));
            text.WriteByte((byte)'\n');
        }
        var bytes = text.ToArray();
        if (_random.NextDouble() < HalfLines)
        {
            var half = _random.Next(1, bytes.Length);
            _file.Write(bytes, 0, half);
            await Task.Delay(Step, CancellationToken.None);
            _file.Write(bytes, half, bytes.Length - half);
            _halves++;
        }
        else
            _file.Write(bytes);
        Interlocked.Add(ref _fed, lines);
    }

    private async Task RotateAsync()
    {
        var name = $"{path}.{++_rotations:D5}";
        File.Move(path, name);
        _rotated.Enqueue(name);
        // The writer has the renamed file open until it is told to open the new one, which may be there already.
        var isMadeByOthers = _random.Next(2) == 0;
        if (isMadeByOthers)
            Open(path, FileMode.CreateNew).Dispose();
        if (_random.Next(2) == 0)
            await WriteAsync(1);
        await _file.DisposeAsync();
        _file = Open(path, isMadeByOthers ? FileMode.Append : FileMode.CreateNew);
        while (_rotated.Count > RotatedKept)
            File.Delete(_rotated.Dequeue());
    }

    private async Task CutAsync(Func<long> scored, CancellationToken stop)
    {
        while (scored() < Fed)
        {
            if (stop.IsCancellationRequested)
                return;
            await Task.Delay(Step, CancellationToken.None);
        }
        _file.SetLength(0);
        _fedAtCut = Fed;
        _cuts++;
    }

    private static FileStream Open(string path, FileMode mode) =>
        new(path, mode, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
}
