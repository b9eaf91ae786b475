using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using SentinelHealth.Benchmarks.Sigma;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Benchmarks.Access;

/// <summary><c>access-throughput</c>: answers per second of processor time, with consents, containments and the answers' events.</summary>
internal static class AccessThroughputCommand
{
    private const int Consents = 100_000, Suspended = 100, Questions = 50_000;

    private static readonly DateTimeOffset At = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    public static Command Create()
    {
        Option<double> seconds = new("--seconds") { DefaultValueFactory = _ => 3, Description = "Processor time for each figure." };
        Command command = new("access-throughput", "Answers to gateways in process.") { seconds };
        command.SetAction(parsed => Measure(parsed.GetValue(seconds)));
        return command;
    }

    private static int Measure(double seconds)
    {
        var (view, options) = (View(), new AccessOptions());
        AccessRequest[] questions = [.. Enumerable.Range(0, Questions).Select(Question)];
        var permitted = questions.Count(question => AccessDecider.Decide(question, view.FactsOf(question), options).IsPermitted);
        var bytes = new ArrayBufferWriter<byte>(4_096);
        var deciding = ProcessorTime.Of(
            seconds, Questions, questions, question => _ = AccessDecider.Decide(question, view.FactsOf(question), options));
        var recording = ProcessorTime.Of(seconds, Questions, questions, question =>
        {
            bytes.ResetWrittenCount();
            var decision = AccessDecider.Decide(question, view.FactsOf(question), options);
            new AccessEvent("access:0192f0c1a2b37c4d8e5f60718293a4b5", question, decision, "token gateway", "").WriteTo(bytes);
        });
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                Consents,
                PermittedShare = Math.Round((double)permitted / Questions, 3),
                DecisionsPerSecond = Math.Round(1e9 / deciding.NanosecondsEach),
                WithEventPerSecond = Math.Round(1e9 / recording.NanosecondsEach),
                AllocatedBytesPerDecision = Math.Round(deciding.AllocatedBytesEach, 1),
                AllocatedBytesWithEvent = Math.Round(recording.AllocatedBytesEach, 1),
            },
            JsonSerializerOptions.Web));
        return 0;
    }

    private static AccessView View()
    {
        var view = new AccessView();
        view.Begin(0, new DetectionEngine(new DetectionOptions()));
        var (decoder, observed) = (new NativeEventDecoder(), new SentinelEvent());
        for (var consent = 0; consent < Consents; consent++)
        {
            var json = $$"""
                {"schema":"sentinel.ledger-transaction.v1","id":"c{{consent}}","time":"2026-11-01T08:00:00Z","node":"node:hospital-a-1","actor":"patient:{{consent}}",
                 "contract":"ConsentRegistry","method":"grantConsent","status":"success","subject":"patient:{{consent}}","purpose":"TREAT","consentId":"c{{consent}}",
                 "args":{"grantee":"did:ethr:0x{{consent % 2_000:x40}}","scope":["imaging","laboratory"]} }
                """;
            if (!decoder.TryDecode(Encoding.UTF8.GetBytes(json), observed, out var rejection))
                throw new InvalidOperationException(rejection.Detail);
            view.Observe(observed);
        }
        view.Contain([.. Enumerable.Range(0, Suspended).Select(number => new ContainmentInForce(
            ActionKind.SuspendActor, new EntityRef(EntityType.Actor, ActorOf(number)), null))]);
        return view;
    }

    /// <summary>Nine of ten ask for a patient who consented.</summary>
    private static AccessRequest Question(int number) => new()
    {
        Subject = ActorOf(number % 10 == 0 ? number + 1 : number),
        Role = "clinician",
        Organization = "hospital-a",
        Action = "read",
        ResourceType = "record",
        ResourceId = $"r-{number}",
        Patient = $"patient:{number}",
        Category = "imaging",
        Purpose = "TREAT",
        Node = "node:hospital-a-1",
        At = At,
    };

    private static string ActorOf(int number) => $"did:ethr:0x{number % 2_000:x40}";
}
