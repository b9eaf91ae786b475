using System.Buffers;
using System.Text;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Access;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Tests.Access;

public class AccessViewTests
{
    private const string Grantee = "did:ethr:0x1";
    private static readonly DateTimeOffset At = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly AccessRequest Question = new()
    {
        Subject = Grantee,
        Action = "read",
        ResourceType = "record",
        ResourceId = "r-1",
        Patient = "patient:1",
        Purpose = "TREAT",
        Node = "node:a",
        At = At.AddHours(1),
    };

    private readonly AccessView _view = new();

    [Fact]
    public void It_is_ready_once_it_knows_permissions_and_containments()
    {
        Assert.False(_view.IsReady);
        _view.Begin(0, new DetectionEngine(new DetectionOptions()));
        Assert.False(_view.IsReady);
        _view.Contain([]);
        Assert.True(_view.IsReady);
    }

    [Fact]
    public void Consents_hold_from_when_they_are_given_until_they_are_withdrawn()
    {
        Assert.Equal(PermissionAnswer.Missing, Permission(Question));

        _view.Observe(Event("ConsentRegistry", "grantConsent", 0, "\"consentId\":\"c-1\""));
        Assert.Equal(PermissionAnswer.Allowed, Permission(Question));
        Assert.Equal(PermissionAnswer.Missing, Permission(Question with { At = At.AddSeconds(-1) }));
        Assert.Equal(PermissionAnswer.OutsidePurpose, Permission(Question with { Purpose = "HRESCH" }));
        Assert.Equal(PermissionAnswer.OutsideScope, Permission(Question with { Category = "genomics" }));
        Assert.Equal(PermissionAnswer.Allowed, Permission(Question with { Category = "imaging" }));
        Assert.Equal(PermissionAnswer.Expired, Permission(Question with { At = At.AddDays(30) }));
        Assert.Equal(PermissionAnswer.OfAnother, Permission(Question with { Subject = "did:ethr:0x2", ConsentId = "c-1" }));

        _view.Observe(Event("ConsentRegistry", "revokeConsent", 60, "\"consentId\":\"c-1\""));
        Assert.Equal(PermissionAnswer.Revoked, Permission(Question));
    }

    [Fact]
    public void A_consent_that_comes_after_its_withdrawal_stays_withdrawn()
    {
        _view.Observe(Event("ConsentRegistry", "revokeConsent", 60, "\"consentId\":\"c-1\""));
        _view.Observe(Event("ConsentRegistry", "grantConsent", 0, "\"consentId\":\"c-1\""));

        Assert.Equal(PermissionAnswer.Revoked, Permission(Question));
    }

    [Fact]
    public void One_partition_is_followed_so_that_what_another_has_still_to_read_undoes_nothing()
    {
        var empty = new DetectionEngine(new DetectionOptions());
        _view.Begin(1, empty);
        _view.Begin(2, empty);
        _view.Observe(Event("ConsentRegistry", "grantConsent", 0, "\"consentId\":\"c-1\""), partition: 1);
        _view.Observe(Event("ConsentRegistry", "revokeConsent", 60, "\"consentId\":\"c-1\""), partition: 1);
        Assert.Equal(PermissionAnswer.Revoked, Permission(Question));

        // The second partition is behind, and tells of the same grant now.
        _view.Observe(Event("ConsentRegistry", "grantConsent", 0, "\"consentId\":\"c-1\""), partition: 2);

        Assert.Equal(PermissionAnswer.Revoked, Permission(Question));
    }

    [Fact]
    public void When_the_partition_that_was_followed_goes_nothing_is_known_until_another_is()
    {
        var engine = new DetectionEngine(new DetectionOptions());
        _view.Begin(1, engine);
        _view.Contain([]);
        _view.Observe(Event("ConsentRegistry", "grantConsent", 0, "\"consentId\":\"c-1\""), partition: 1);
        Assert.True(_view.IsReady);

        _view.Forget(1);
        Assert.False(_view.IsReady);

        // What it knew may have been withdrawn since: the next one's word alone counts.
        _view.Begin(2, engine);
        Assert.True(_view.IsReady);
        Assert.Equal(PermissionAnswer.Missing, Permission(Question));
    }

    [Fact]
    public void What_was_reverted_on_the_ledger_changes_nothing()
    {
        _view.Observe(Event("ConsentRegistry", "grantConsent", 0, "\"consentId\":\"c-1\"", "reverted"));

        Assert.Equal(PermissionAnswer.Missing, Permission(Question));
    }

    [Fact]
    public void Permissions_outlive_a_restart_with_the_engine_that_knows_them()
    {
        var engine = new DetectionEngine(new DetectionOptions());
        engine.Process(Event("ConsentRegistry", "grantConsent", 0, "\"consentId\":\"c-1\""));

        _view.Begin(0, engine);

        Assert.Equal(PermissionAnswer.Allowed, Permission(Question));
    }

    [Fact]
    public void Containments_hold_until_they_end()
    {
        _view.Contain(
        [
            new ContainmentInForce(ActionKind.SuspendActor, new EntityRef(EntityType.Actor, Grantee), At.AddHours(2)),
            new ContainmentInForce(ActionKind.QuarantineNode, new EntityRef(EntityType.Node, "node:a"), null),
        ]);

        var (now, later) = (_view.FactsOf(Question), _view.FactsOf(Question with { At = At.AddHours(2) }));
        Assert.True(now.IsSubjectSuspended && now.IsNodeQuarantined);
        Assert.True(!later.IsSubjectSuspended && later.IsNodeQuarantined);
        _view.Contain([]);
        Assert.False(_view.FactsOf(Question).IsNodeQuarantined);
    }

    [Fact]
    public void A_paused_contract_is_known_to_whoever_uses_it()
    {
        _view.Contain([new ContainmentInForce(ActionKind.PauseContract, new EntityRef(EntityType.Contract, "DataToken"), At.AddHours(2))]);

        Assert.True(_view.FactsOf(Question with { Contract = "DataToken" }).IsContractPaused);
        Assert.False(_view.FactsOf(Question with { Contract = "AccessRegistry" }).IsContractPaused);
        Assert.False(_view.FactsOf(Question).IsContractPaused);
        Assert.False(_view.FactsOf(Question with { Contract = "DataToken", At = At.AddHours(2) }).IsContractPaused);
    }

    [Fact]
    public void A_grant_that_the_guard_withdrew_allows_nothing_cited_or_not()
    {
        _view.Observe(Event("AccessRegistry", "grantAccess", 0, "\"grantId\":\"g-1\""));
        Assert.Equal(PermissionAnswer.Allowed, Permission(Question));

        _view.Contain([new ContainmentInForce(ActionKind.RevokeGrant, new EntityRef(EntityType.Grant, "g-1"), null)]);

        Assert.Equal(PermissionAnswer.Missing, Permission(Question));
        Assert.True(_view.FactsOf(Question with { GrantId = "g-1" }).IsGrantSuspended);
        Assert.False(_view.FactsOf(Question with { GrantId = "g-2" }).IsGrantSuspended);
    }

    [Fact]
    public void An_answer_becomes_an_event_of_the_native_format()
    {
        var decision = new AccessDecision(false, AccessReasons.ConsentExpired | AccessReasons.NodeQuarantined, 12.34);
        var bytes = new ArrayBufferWriter<byte>();
        new AccessEvent("access:1", Question, decision, "gateway", "req-7").WriteTo(bytes);

        var observed = new SentinelEvent();
        Assert.True(new NativeEventDecoder().TryDecode(bytes.WrittenMemory, observed, out var rejection), rejection.Detail);
        Assert.Equal("decideAccess", observed.TextOf(TextField.Method));
        Assert.Equal("reverted", observed.TextOf(TextField.Status));
        Assert.Equal(("patient:1", Grantee), (observed.TextOf(TextField.Subject), observed.TextOf(TextField.Actor)));
        Assert.Equal(Question.At, observed.OccurredAt);
        Assert.Contains("[\"node_quarantined\",\"consent_expired\"]", Encoding.UTF8.GetString(bytes.WrittenSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_allocates_nothing_before_it_is_written_down()
    {
        _view.Begin(0, new DetectionEngine(new DetectionOptions()));
        _view.Contain([]);
        _view.Observe(Event("ConsentRegistry", "grantConsent", 0, "\"consentId\":\"c-1\""));
        var (request, options) = (Question with { Organization = "hospital-a" }, new AccessOptions());
        var permitted = 0;
        for (var warm = 0; warm < 100; warm++)
            permitted += AccessDecider.Decide(request, _view.FactsOf(request), options).IsPermitted ? 1 : 0;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var turn = 0; turn < 1_000; turn++)
            permitted += AccessDecider.Decide(request, _view.FactsOf(request), options).IsPermitted ? 1 : 0;

        Assert.Equal((1_100, 0L), (permitted, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    private PermissionAnswer Permission(AccessRequest request) => _view.FactsOf(request).Permission;

    private static SentinelEvent Event(string contract, string method, int second, string named, string status = "success")
    {
        var json = $$"""
            {"schema":"sentinel.ledger-transaction.v1","id":"{{method}}-{{second}}","time":"{{At.AddSeconds(second):yyyy-MM-ddTHH:mm:ssZ}}","node":"node:a",
             "actor":"did:ethr:0x9","contract":"{{contract}}","method":"{{method}}","status":"{{status}}","subject":"patient:1","purpose":"TREAT",{{named}},
             "args":{"grantee":"{{Grantee}}","scope":["imaging"],"expiresAt":"2026-11-20T00:00:00Z"} }
            """;
        var observed = new SentinelEvent();
        var isEvent = new NativeEventDecoder().TryDecode(Encoding.UTF8.GetBytes(json), observed, out var rejection);
        Assert.True(isEvent, rejection.Detail);
        return observed;
    }
}
