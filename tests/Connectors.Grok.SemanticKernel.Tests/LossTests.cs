using Connectors.Grok.SemanticKernel.Tests.Support;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>Compares what this package and the core preserve, and checks the README's table of the differences.</summary>
public sealed partial class LossTests : KernelTest
{
    /// <summary>The number of rows about YAML prompts, which <c>YamlLossTests</c> of Connectors.Grok.SemanticKernel.Agents.Tests checks.</summary>
    private const int YamlRows = 1;

    private static readonly (string Feature, Func<LossTests, Integration, Task<string>> Probe)[] Rows =
    [
        ("Kernel functions are invoked with their filters; only new messages are sent", static (t, integration) => t.LoopAsync(integration)),
        ("Response id and finish reason in `Metadata`", static (t, integration) => t.IdAsync(integration)),
        ("Usage of a streamed answer as `UsageDetails` in `Metadata`", static (t, integration) => t.UsageAsync(integration)),
        ("Reasoning as `ReasoningContent` and `StreamingReasoningContent`", static (t, integration) => t.ReasoningAsync(integration)),
        ("Citations as `AnnotationContent` and `StreamingAnnotationContent`", static (t, integration) => t.CitationsAsync(integration)),
        ("Text of a refusal", static (t, integration) => t.RefusalAsync(integration)),
        ("Separate plugin and function names of a call", static (t, integration) => t.NamesAsync(integration)),
        ("Several calls of one streamed answer, invoked by the caller", static (t, integration) => t.ManualStreamAsync(integration)),
        ("Prompt function as a tool: its result reaches the model as text", static (t, integration) => t.PromptToolAsync(integration)),
        ("`store: false`: encrypted reasoning is sent back unchanged", static (t, integration) => t.CarriedAsync(integration, isStreamed: false)),
        ("`store: false`, streamed: the same with `chunks.ToChatMessageContent()`", static (t, integration) => t.CarriedAsync(integration, isStreamed: true)),
        ("`store: false`: server-side searches are sent back", static (t, integration) => t.HostedAsync(integration)),
        ("Streamed history, saved: a new process with the same `HistoryKey` continues by response id", static (t, integration) => t.SavedStreamAsync(integration)),
        ("`response_format` as a type", static (t, integration) => t.FormatTypeAsync(integration)),
        ("`response_format` in a prompt file, in the form of chat completions", static (t, integration) => t.FormatFileAsync(integration)),
        ("`reasoning_effort: none`", static (t, integration) => t.EffortAsync(integration)),
        ("`IChatCompletionService` is registered", static (t, integration) => t.ServiceAsync(integration)),
        ("Failures as `HttpOperationException`", static (t, integration) => t.FailureAsync(integration)),
        ("Unknown tool in a prompt file: `KernelException` before a request is sent", static (t, integration) => t.UnknownToolAsync(integration)),
        ("Settings of another provider: `KernelException`", static (t, integration) => t.OtherProviderSettingsAsync(integration)),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Rows.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task Readme_table_row_matches_behavior(int number)
    {
        var (feature, probe) = Rows[number];
        var package = await probe(this, Integration.Package);
        await RestartAsync();
        var row = LossTable.Row(feature, package, await probe(this, Integration.CoreOnly));
        Assert.True(LossTable.Read().Contains(row, StringComparison.Ordinal), $"The README's table lacks the row: {row}");
    }

    [Fact]
    public void Readme_table_has_no_untested_rows() =>
        Assert.Equal(Rows.Length + YamlRows + 2, LossTable.Read().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
}
