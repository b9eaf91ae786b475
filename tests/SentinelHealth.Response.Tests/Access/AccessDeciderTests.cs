using SentinelHealth.Detection.Rules;
using SentinelHealth.Response.Access;

namespace SentinelHealth.Response.Tests.Access;

public class AccessDeciderTests
{
    private static readonly AccessOptions Options = new();

    private static readonly AccessRequest Question = new()
    {
        Subject = "did:ethr:0x1",
        Action = "read",
        ResourceType = "record",
        ResourceId = "r-1",
        Patient = "patient:1",
        Purpose = "TREAT",
        At = new DateTimeOffset(2026, 11, 2, 8, 0, 0, TimeSpan.Zero),
    };

    private static readonly AccessFacts Fine = new() { IsReady = true, Permission = PermissionAnswer.Allowed };

    public static TheoryData<PermissionAnswer, AccessReasons> Faults => new()
    {
        { PermissionAnswer.Missing, AccessReasons.ConsentMissing },
        { PermissionAnswer.OfAnother, AccessReasons.ConsentOfAnother },
        { PermissionAnswer.OutsideScope, AccessReasons.OutsideScope },
        { PermissionAnswer.OutsidePurpose, AccessReasons.OutsidePurpose },
        { PermissionAnswer.Expired, AccessReasons.ConsentExpired },
        { PermissionAnswer.Revoked, AccessReasons.ConsentRevoked },
    };

    [Fact]
    public void A_consent_in_force_permits() => Says(true, AccessReasons.Consent, Question, Fine);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Without_one_it_is_denied_and_said_why(PermissionAnswer permission, AccessReasons reason) =>
        Says(false, reason, Question, Fine with { Permission = permission });

    [Fact]
    public void Patients_need_no_consent_of_their_own() =>
        Says(true, AccessReasons.OwnData, Question with { Subject = "patient:1" }, Fine with { Permission = PermissionAnswer.Missing });

    [Fact]
    public void A_record_without_a_patient_is_denied_and_a_node_needs_none()
    {
        var missing = Fine with { Permission = PermissionAnswer.Missing };

        Says(false, AccessReasons.PatientMissing, Question with { Patient = "" }, missing);
        Says(true, AccessReasons.NoPatient, Question with { Patient = "", ResourceType = "node" }, missing);
    }

    [Fact]
    public void A_paused_contract_denies_whoever_asks() =>
        Says(false, AccessReasons.ContractPaused, Question with { Contract = "DataToken" }, Fine with { IsContractPaused = true });

    [Fact]
    public void All_that_speaks_against_it_is_said()
    {
        var contained = Fine with
        {
            IsSubjectSuspended = true,
            IsNodeQuarantined = true,
            IsGrantSuspended = true,
            IsContractPaused = true,
        };
        var expired = contained with { Permission = PermissionAnswer.Expired };
        const AccessReasons Containments =
            AccessReasons.SubjectSuspended | AccessReasons.NodeQuarantined | AccessReasons.GrantSuspended
            | AccessReasons.ContractPaused;

        Says(false, Containments | AccessReasons.ConsentExpired, Question, expired);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Emergency_access_is_never_denied(bool isReady)
    {
        var worst = new AccessFacts
        {
            IsReady = isReady,
            Permission = PermissionAnswer.Revoked,
            IsSubjectSuspended = true,
            IsNodeQuarantined = true,
            IsGrantSuspended = true,
            IsContractPaused = true,
            SubjectRisk = 100,
            NodeRisk = 100,
        };

        var decision = AccessDecider.Decide(Question with { Purpose = AccessRequest.BreakGlassPurpose, Patient = "" }, worst, Options);

        Assert.True(decision.IsPermitted);
        Assert.True(decision.NeedsReview);
        const AccessReasons Told = AccessReasons.BreakGlass | AccessReasons.SubjectSuspended | AccessReasons.PatientMissing;
        Assert.Equal(Told, decision.Reasons & Told);
    }

    [Fact]
    public void Nothing_else_is_permitted_before_the_state_of_the_network_is_known() =>
        Says(false, AccessReasons.NotReady, Question, Fine with { IsReady = false });

    [Theory]
    [InlineData(49.9, true, AccessReasons.Consent)]
    [InlineData(50, false, AccessReasons.StepUpNeeded)]
    [InlineData(100, false, AccessReasons.StepUpNeeded)]
    public void Risk_asks_for_a_stronger_sign_in_and_does_not_deny_treatment(double risk, bool isPermitted, AccessReasons reasons) =>
        Says(isPermitted, reasons, Question, Fine with { SubjectRisk = risk });

    [Theory]
    [InlineData(89.9, AccessReasons.StepUpNeeded)]
    [InlineData(90, AccessReasons.RiskTooHigh)]
    public void What_is_not_treatment_is_denied_when_the_risk_is_high(double risk, AccessReasons reasons) =>
        Says(false, reasons, Question with { Purpose = "HRESCH" }, Fine with { SubjectRisk = risk });

    [Theory]
    [InlineData("aal2", 0, true)]
    [InlineData("aal2", 900, true)]
    [InlineData("aal2", 901, false)]
    [InlineData("aal2", -1, false)]
    [InlineData("aal1", 0, false)]
    [InlineData("", 0, false)]
    public void A_strong_sign_in_counts_for_a_quarter_of_an_hour(string strength, int secondsAgo, bool isPermitted)
    {
        var request = Question with { AuthenticationClass = strength, AuthenticatedAt = Question.At.AddSeconds(-secondsAgo) };

        Says(isPermitted, isPermitted ? AccessReasons.Consent | AccessReasons.SteppedUp : AccessReasons.StepUpNeeded,
            request, Fine with { SubjectRisk = 60 });
    }

    [Fact]
    public void A_request_has_a_risk_of_its_own()
    {
        var facts = Fine with { SubjectRisk = 10, NodeRisk = 8 };
        double Risk(AccessRequest request) => AccessDecider.RiskOf(request, facts, Options);

        Assert.Equal(14, Risk(Question));
        Assert.Equal(34, Risk(Question with { IsDeviceAttested = false }));
        Assert.Equal(14, Risk(Question with { IsDeviceAttested = true }));
        Assert.Equal(39, Risk(Question with { RecordCount = 100 }));
        Assert.Equal(14, Risk(Question with { RecordCount = 99 }));
        Assert.Equal(29, Risk(Question with { Purpose = "" }));
        Assert.Equal(24, Risk(Question with { Role = "ai-agent" }));
        Assert.Equal(84, Risk(Question with { Role = "ai-agent", Purpose = "", RecordCount = 100, IsDeviceAttested = false }));
    }

    private static void Says(bool isPermitted, AccessReasons reasons, AccessRequest request, AccessFacts facts)
    {
        var decision = AccessDecider.Decide(request, facts, Options);

        Assert.Equal((isPermitted, reasons), (decision.IsPermitted, decision.Reasons));
    }
}
