using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;
namespace Connectors.Grok.Tests.Mapping.Answers;

/// <summary>The metadata of a response: missing values and limits.</summary>
public class ResponseCompletionTests
{
    private const long Most = 1_000_000_000_000_000;

    [Theory]
    [InlineData(null, false)]
    [InlineData(-1L, false)]
    [InlineData(0L, false)]
    [InlineData(1L, true)]
    [InlineData(253402300799L, true)]
    [InlineData(253402300800L, false)]
    public void CreatedAt_is_null_for_a_timestamp_out_of_range(long? seconds, bool isTime) =>
        Assert.Equal(isTime ? DateTimeOffset.UnixEpoch.AddSeconds(seconds!.Value) : null, ResponseCompletion.CreatedAt(new GrokResponse { CreatedAt = seconds }));

    [Fact]
    public void Message_has_substance_when_one_part_has_text()
    {
        var (empty, text, refusal) = (new OutputTextPart { Text = "" }, new OutputTextPart { Text = "a" }, new RefusalPart { Refusal = "No." });
        Assert.All((ResponsePart[][])[[text], [empty, text], [refusal, empty]], static parts => Assert.True(ResponseCompletion.HasSubstance(new MessageItem { Content = parts })));
        Assert.All((ResponsePart[]?[])[null, [], [empty], [new OutputTextPart()]], static parts => Assert.False(ResponseCompletion.HasSubstance(new MessageItem { Content = parts })));
    }

    [Fact]
    public void Adjacent_texts_are_merged_and_later_contents_stay_in_order()
    {
        MessageItem Message(params string[] texts) => new() { Content = [.. texts.Select(static t => new OutputTextPart { Text = t })] };
        var response = new GrokResponse { Id = "r", Status = "completed", Output = [Message("a", "b"), Message("c"), new FunctionCallItem { CallId = "call", Name = "f" }, Message("d", "e")] };
        var contents = ResponseMapper.ToResponse(response, new CreateResponseRequest()).Messages[0].Contents;
        Assert.Equal(["abc", "call", "de"], contents.Select(static c => c is TextContent text ? text.Text : ((FunctionCallContent)c).CallId));
    }

    [Fact]
    public void Response_properties_hold_service_metadata_and_are_null_without_any()
    {
        var properties = ResponseCompletion.Properties(new GrokResponse { ServiceTier = "priority", Headers = new ResponseHeaders("req-1", false) { RemainingRequests = 7, RemainingTokens = 9 } })!;
        Assert.Equal(["ratelimit_remaining_requests=7", "ratelimit_remaining_tokens=9", "request_id=req-1", "service_tier=priority"], properties.Select(static p => $"{p.Key}={p.Value}").Order());
        Assert.Null(ResponseCompletion.Properties(new GrokResponse { Headers = new ResponseHeaders(null, false) }));
    }

    /// <summary>Input, cached, output and total tokens of the service; the expected input and total.</summary>
    [Theory]
    [InlineData(10L, 4L, 5L, 15L, 10L, 15L)]
    [InlineData(10L, 4L, 5L, 20L, 10L, 20L)]
    [InlineData(10L, null, 5L, null, 10L, 15L)]
    [InlineData(10L, 10L, 5L, 15L, 10L, 15L)]
    [InlineData(10L, 11L, 5L, 15L, 21L, 26L)]
    [InlineData(null, null, 5L, null, null, null)]
    public void Total_tokens_are_the_services_when_its_numbers_are_consistent(long? input, long? cached, long? output, long? total, long? allInput, long? all)
    {
        var usage = UsageMapper.ToUsage(new ResponseUsage { InputTokens = input, InputTokensDetails = new() { CachedTokens = cached }, OutputTokens = output, TotalTokens = total })!;
        Assert.Equal((allInput, cached, output, all), (usage.InputTokenCount, usage.CachedInputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount));
        Assert.Null(usage.AdditionalCounts);
    }

    /// <summary>Input, cached, output and total tokens of the service; input, cached, output and total of the answer.</summary>
    [Theory]
    [InlineData(long.MaxValue, null, long.MaxValue, null, Most, null, Most, Most)]
    [InlineData(long.MaxValue, long.MaxValue, 5L, long.MaxValue, Most, Most, 5L, Most)]
    [InlineData(10L, long.MaxValue, long.MaxValue, 15L, Most, Most, Most, Most)]
    [InlineData(Most - 1, null, 5L, null, Most - 1, null, 5L, Most)]
    [InlineData(-10L, null, 5L, 15L, null, null, 5L, 15L)]
    [InlineData(10L, -4L, -5L, -15L, 10L, null, null, null)]
    [InlineData(long.MinValue, long.MinValue, long.MinValue, long.MinValue, null, null, null, null)]
    public void Counts_that_no_answer_has_are_limited_or_left_out(long? input, long? cached, long? output, long? total, long? allInput, long? allCached, long? allOutput, long? all)
    {
        var usage = UsageMapper.ToUsage(new ResponseUsage { InputTokens = input, InputTokensDetails = new() { CachedTokens = cached }, OutputTokens = output, TotalTokens = total, OutputTokensDetails = new() { ReasoningTokens = output } })!;
        Assert.Equal((allInput, allCached, allOutput, all), (usage.InputTokenCount, usage.CachedInputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount));
        Assert.Equal(allOutput, usage.ReasoningTokenCount);
    }

    [Theory]
    [InlineData(long.MaxValue, Most)]
    [InlineData(7L, 7L)]
    [InlineData(-7L, null)]
    public void Costs_and_calls_that_no_answer_has_are_limited_or_left_out(long count, long? counted)
    {
        var usage = UsageMapper.ToUsage(new ResponseUsage
        {
            CostInUsdTicks = count,
            NumSourcesUsed = count,
            NumServerSideToolsUsed = count,
            ServerSideToolUsageDetails = new Dictionary<string, JsonElement> { ["x_search_calls"] = JsonDocument.Parse(count.ToString(System.Globalization.CultureInfo.InvariantCulture)).RootElement },
        })!;
        foreach (var key in (string[])[GrokKeys.Usage.CostInUsdTicks, GrokKeys.Usage.SourcesUsed, GrokKeys.Usage.ServerSideToolsUsed, "x_search_calls"])
        {
            Assert.Equal(counted, usage.AdditionalCounts?.TryGetValue(key, out var value) == true ? value : null);
        }
    }

    [Fact]
    public void Usages_of_many_answers_can_be_added()
    {
        var sum = new UsageDetails();
        for (var i = 0; i < 1000; i++)
        {
            sum.Add(UsageMapper.ToUsage(new ResponseUsage { InputTokens = long.MaxValue, OutputTokens = long.MaxValue, CostInUsdTicks = long.MaxValue, TotalTokens = long.MaxValue })!);
        }

        Assert.Equal((1000 * Most, 1000 * Most, 1000 * Most), (sum.InputTokenCount, sum.TotalTokenCount, sum.AdditionalCounts![GrokKeys.Usage.CostInUsdTicks]));
    }

    [Fact]
    public void Response_without_output_has_no_contents()
    {
        var response = ResponseMapper.ToResponse(new GrokResponse { Id = "r", Status = "completed" }, new CreateResponseRequest { Model = "asked" });
        Assert.Empty(response.Messages[0].Contents);
        Assert.Equal(("r", null, "asked"), (response.ResponseId, response.ConversationId, response.ModelId));
    }

    [Theory]
    [InlineData("answered", "asked", "answered")]
    [InlineData(null, "asked", "asked")]
    [InlineData("answered", null, "answered")]
    public void Model_id_is_the_answering_model_or_else_the_requested_one(string? answered, string? asked, string? model)
    {
        var (response, request) = (new GrokResponse { Id = "r", Model = answered, Status = "completed" }, new CreateResponseRequest { Model = asked });
        Assert.Equal(model, ResponseMapper.ToResponse(response, request).ModelId);
        Assert.Equal(model, new StreamMapper(request).ToUpdate(new(new LifecycleEvent("response.completed") { Response = response }))!.ModelId);
        var (thinker, alias) = ReasoningOrigin.From(answered, asked);
        Assert.Equal((model, answered is null ? null : asked), (thinker, alias));
    }

    [Fact]
    public void Text_part_without_text_is_dropped_unless_it_is_annotated()
    {
        Assert.Null(ItemMapper.ToContent(new OutputTextPart()));
        Assert.Null(ItemMapper.ToContent(new OutputTextPart { Text = "", Annotations = [] }));
        var text = Assert.IsType<TextContent>(ItemMapper.ToContent(new OutputTextPart { Annotations = [new UrlCitationAnnotation { Url = "https://example.org", StartIndex = 0, EndIndex = 5 }] }));
        var region = Assert.IsType<TextSpanAnnotatedRegion>(Assert.Single(Assert.Single(text.Annotations!).AnnotatedRegions!));
        Assert.Equal(("", 0, 0), (text.Text, region.StartIndex!.Value, region.EndIndex!.Value));
        Assert.Empty(ItemMapper.ToContents(new MessageItem(), default, isCut: false));
    }

    [Fact]
    public void Input_contains_an_image_when_one_result_part_is_an_image()
    {
        Assert.True(InputImages.Contains([new MessageItem(), Result(new InputTextPart("a"), new InputImagePart())]));
        Assert.False(InputImages.Contains([new FunctionCallOutputItem(), Result(), Result(new InputTextPart("a")), new UnknownItem("x", JsonDocument.Parse("{}").RootElement)]));

        static FunctionCallOutputItem Result(params ResponsePart[] parts) => new() { Output = new ToolOutput(null, parts) };
    }
}
