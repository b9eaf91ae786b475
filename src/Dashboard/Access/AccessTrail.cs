using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Access;

namespace SentinelHealth.Dashboard.Access;

/// <summary>Brings every answer into the event log: in batches, and with as many on their way as memory is set aside for, no more (I7).</summary>
/// <remarks>
/// An answer is given once its event has a place here. When there is none, nothing but emergency access is answered, so that no answer goes unrecorded. A stop writes what is on its way; a crash
/// loses at most that, which is the work of a commit. Emergency access waits, up to <see cref="EmergencyPatience"/>, until its event is durable.
/// </remarks>
internal sealed class AccessTrail(IIntake intake, ILogger<AccessTrail> logger)
{
    /// <summary>The source such events name.</summary>
    public const string Source = "access";

    private const int WaitingMax = 8_192, EmergenciesMax = 1_024, BatchMax = 512, GatherWaits = 5;

    private static readonly TimeSpan GatherWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan EmergencyPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryFirst = TimeSpan.FromMilliseconds(100), RetryMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);

    private readonly Channel<Waiting> _waiting =
        Channel.CreateBounded<Waiting>(new BoundedChannelOptions(WaitingMax) { SingleReader = true });
    private readonly ConcurrentQueue<Waiting> _emergencies = new();
    private readonly ArrayBufferWriter<byte> _bytes = new(BatchMax * 512);
    private List<Waiting> _writing = [];
    private volatile bool _isUrgent;

    /// <summary>Answers on their way.</summary>
    public int WaitingCount => _waiting.Reader.Count + _emergencies.Count;

    /// <summary>Gives an answer a place; false when there is none.</summary>
    public bool TryAdd(AccessEvent answer) => _waiting.Writer.TryWrite(new Waiting(answer, null));

    /// <summary>Records emergency access, and waits a little for it to be durable. It may go on whatever becomes of that; what could not be recorded is logged.</summary>
    public async Task AddEmergencyAsync(AccessEvent answer)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = new Waiting(answer, done);
        if (!_waiting.Writer.TryWrite(waiting))
        {
            if (_emergencies.Count >= EmergenciesMax)
            {
                logger.EmergencyNotRecorded(answer.Request.Subject, answer.Request.Patient, answer.AskedBy);
                return;
            }
            _emergencies.Enqueue(waiting);
        }
        _isUrgent = true;
        await Task.WhenAny(done.Task, Task.Delay(EmergencyPatience));
    }

    /// <summary>Writes until stopped, then what is still on its way.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stopping))
            {
                await GatherAsync(stopping);
                _writing = Take();
                await WriteAsync(_writing, stopping);
                _writing = [];
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            using var patience = new CancellationTokenSource(StopPatience);
            await DrainAsync(patience.Token);
        }
    }

    /// <summary>A moment's answers go into one commit; without it, each handful would cost a write to the disk. Emergencies do not wait.</summary>
    private async Task GatherAsync(CancellationToken stopping)
    {
        for (var waits = 0; waits < GatherWaits && !_isUrgent && _waiting.Reader.Count < BatchMax; waits++)
            await Task.Delay(GatherWait, stopping);
        _isUrgent = false;
    }

    private async Task DrainAsync(CancellationToken patience)
    {
        try
        {
            // What a stop interrupted comes first; if it was stored all the same, its identifiers say so.
            for (var rest = _writing.Count > 0 ? _writing : Take(); rest.Count > 0; rest = Take())
                await WriteAsync(rest, patience);
        }
        catch (OperationCanceledException)
        {
            logger.AnswersLost(WaitingCount);
        }
    }

    private List<Waiting> Take()
    {
        var batch = new List<Waiting>();
        while (batch.Count < BatchMax && (_emergencies.TryDequeue(out var next) || _waiting.Reader.TryRead(out next)))
            batch.Add(next);
        return batch;
    }

    /// <summary>Repeats until it is done: each event has its identifier, so that none is there twice.</summary>
    private async Task WriteAsync(List<Waiting> batch, CancellationToken cancel)
    {
        var records = Records(batch);
        for (var wait = RetryFirst; ; wait = wait * 2 < RetryMax ? wait * 2 : RetryMax)
        {
            try
            {
                await intake.AcceptAsync(Source, records, cancel);
                break;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.AnswersNotStored(batch.Count, fault);
                await Task.Delay(wait, cancel);
            }
        }
        foreach (var waiting in batch)
            waiting.Done?.TrySetResult();
    }

    private List<SourceRecord> Records(List<Waiting> batch)
    {
        _bytes.ResetWrittenCount();
        var ends = new int[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Answer.WriteTo(_bytes);
            ends[i] = _bytes.WrittenCount;
        }
        var bytes = _bytes.WrittenMemory;
        return [.. batch.Select((waiting, i) => new SourceRecord(bytes[(i == 0 ? 0 : ends[i - 1])..ends[i]], waiting.Answer.Id))];
    }

    private readonly record struct Waiting(AccessEvent Answer, TaskCompletionSource? Done);
}
