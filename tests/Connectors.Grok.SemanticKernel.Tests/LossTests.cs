using Connectors.Grok.SemanticKernel.Tests.Support;

namespace Connectors.Grok.SemanticKernel.Tests;

/// <summary>What each way in keeps, found by trying, and the README's table of it.</summary>
public sealed partial class LossTests : KernelTest
{
    /// <summary>Rows that need YAML prompts: <c>YamlLossTests</c> of Connectors.Grok.SemanticKernel.Agents.Tests checks them.</summary>
    private const int YamlRows = 1;

    private static readonly (string What, Func<LossTests, Way, Task<string>> Probe)[] Rows =
    [
        ("Functions called in the kernel's loop, with its filters; only what is new is sent", static (t, way) => t.LoopAsync(way)),
        ("The id of the response and the finish reason, in `Metadata`", static (t, way) => t.IdAsync(way)),
        ("Usage of a streamed answer as `UsageDetails` in `Metadata`", static (t, way) => t.UsageAsync(way)),
        ("Reasoning, as `ReasoningContent` and `StreamingReasoningContent`", static (t, way) => t.ReasoningAsync(way)),
        ("Citations, as `AnnotationContent` and `StreamingAnnotationContent`", static (t, way) => t.CitationsAsync(way)),
        ("A refusal's words", static (t, way) => t.RefusalAsync(way)),
        ("Plugin and function name of a call, apart", static (t, way) => t.NamesAsync(way)),
        ("Several calls of one streamed answer, run by the caller", static (t, way) => t.ManualStreamAsync(way)),
        ("A prompt function as a tool: the model reads its words", static (t, way) => t.PromptToolAsync(way)),
        ("Nothing stored: sealed reasoning goes back unchanged", static (t, way) => t.CarriedAsync(way, isStreamed: false)),
        ("Nothing stored, streamed: likewise, with `chunks.ToChatMessageContent()`", static (t, way) => t.CarriedAsync(way, isStreamed: true)),
        ("Nothing stored: searches the service made go back", static (t, way) => t.HostedAsync(way)),
        ("A streamed history saved, and continued by id in a new process, likewise", static (t, way) => t.SavedStreamAsync(way)),
        ("`response_format` as a type", static (t, way) => t.FormatTypeAsync(way)),
        ("`response_format` in a prompt file, as in chat completions", static (t, way) => t.FormatFileAsync(way)),
        ("`reasoning_effort: none`", static (t, way) => t.EffortAsync(way)),
        ("`IChatCompletionService` from the kernel", static (t, way) => t.ServiceAsync(way)),
        ("Failures as `HttpOperationException`", static (t, way) => t.FailureAsync(way)),
        ("An unknown tool in a prompt file is a `KernelException`, before anything is sent", static (t, way) => t.UnknownToolAsync(way)),
        ("Another provider's settings are a `KernelException`", static (t, way) => t.StrangerAsync(way)),
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Rows.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task The_readme_says_what_each_way_keeps(int number)
    {
        var (what, probe) = Rows[number];
        var adapter = await probe(this, Way.Adapter);
        await RestartAsync();
        var row = LossTable.Row(what, adapter, await probe(this, Way.Plain));
        Assert.True(LossTable.Read().Contains(row, StringComparison.Ordinal), $"The README's table should say: {row}");
    }

    [Fact]
    public void The_table_has_no_other_rows() =>
        Assert.Equal(Rows.Length + YamlRows + 2, LossTable.Read().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
}
