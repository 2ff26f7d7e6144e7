using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <content>Schemas of tools: those that AIFunctionFactory generates, and those that MCP servers publish. The emulator checks them as the service does.</content>
public abstract partial class BehaviourTests
{
    /// <summary>Schemas in the style of MCP servers: a dialect, defaults, limits, enumerations, required parameters first or last.</summary>
    private static readonly string[] ServerSchemas =
    [
        """{"type":"object","properties":{},"additionalProperties":false,"$schema":"http://json-schema.org/draft-07/schema#"}""",
        """{"type":"object","properties":{"seconds":{"type":"number","default":10,"description":"How long it runs"},"steps":{"type":"number","default":5}},"additionalProperties":false,"$schema":"http://json-schema.org/draft-07/schema#"}""",
        """{"type":"object","properties":{"level":{"type":"string","enum":["error","success","debug"]},"withImage":{"type":"boolean","default":false}},"required":["level"],"additionalProperties":false}""",
        """{"type":"object","properties":{"id":{"type":"number","minimum":1,"maximum":100}},"required":["id"],"additionalProperties":false}""",
        """{"properties":{"owner":{"type":"string"},"line":{"description":"The last line of a range","type":"number"},"side":{"enum":["LEFT","RIGHT"],"type":"string"}},"required":["owner"],"type":"object"}""",
    ];

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Tool_schemas_are_accepted(bool isStreamed, bool isStrict)
    {
        Answer("popular tower", "The Eiffel Tower.");
        var (number, properties) = (0, isStrict ? new Dictionary<string, object?> { ["strict"] = true } : []);
        AITool Function(Delegate method) => AIFunctionFactory.Create(method, new AIFunctionFactoryOptions { Name = $"Method{++number}", AdditionalProperties = properties });
        var options = new ChatOptions
        {
            MaxOutputTokens = 100,
            Tools =
            [
                Function(static (int? i) => i), Function(static (string? s) => s), Function(static (int? i = null) => i), Function(static (bool b) => b), Function(static (double d) => d),
                Function(static (decimal d) => d), Function(static (float f) => f), Function(static (long l) => l), Function(static (char c) => c), Function(static (DateTime d) => d),
                Function(static (DateTimeOffset? d) => d), Function(static (TimeSpan t) => t), Function(static (DateOnly d) => d), Function(static (TimeOnly t) => t), Function(static (Uri u) => u),
                Function(static (Guid g) => g), Function(static (List<int> l) => l), Function(static (int[] a, Annotated? o) => a),
                Function(static (string a = "str", int b = 42, BindingFlags c = BindingFlags.IgnoreCase, char d = 'x') => a),
                Function(static (string? a = "str", int? b = 42, BindingFlags? c = BindingFlags.IgnoreCase, char? d = 'x') => a),
                .. ServerSchemas.Select((schema, i) => new ServerFunction($"Server{i}", schema, properties)),
            ],
        };
        using var client = new FunctionInvokingChatClient(Create());
        ChatMessage[] messages = [new(ChatRole.User, "What is the most popular tower in Paris?")];
        var response = await AskAsync(client, isStreamed, messages, options);
        Assert.Equal("The Eiffel Tower.", response.Text);
        var tools = Emulator.Requests.Single().Json!.Value.GetProperty("tools").EnumerateArray().ToList();
        Assert.Equal(25, tools.Count);
        Assert.All(tools, t => Assert.Equal(isStrict, t.TryGetProperty("strict", out var strict) && strict.GetBoolean()));
        Assert.All(tools, static t => Assert.Equal("object", Text(t.GetProperty("parameters"), "type")));
        await AssertContinuesAsync(client, isStreamed, messages, response, options: options);
    }

    private sealed class ServerFunction(string name, string schema, IReadOnlyDictionary<string, object?> properties) : AIFunction
    {
        public override string Name => name;

        public override IReadOnlyDictionary<string, object?> AdditionalProperties => properties;

        public override JsonElement JsonSchema { get; } = JsonElement.Parse(schema);

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    /// <summary>A type whose attributes become keywords of its schema.</summary>
    private sealed class Annotated
    {
        [DisplayName("A display name")]
        [DeniedValues("abc", "def")]
        public string? Denied { get; set; }

        [AllowedValues("abc", "def", "default")]
        public string Allowed { get; set; } = "default";

        [Range(25, 75)]
        public int Value { get; set; }

        [EmailAddress]
        public string? Email { get; set; }

        [RegularExpression("[abc]")]
        public string? Pattern { get; set; }

        [StringLength(42)]
        public string Measured { get; set; } = "default";

        [Length(1, 2)]
        public int[]? OneOrTwo { get; set; }

        [MinLength(1)]
        public int[]? AtLeastOne { get; set; }

        [MaxLength(10)]
        public int[]? AtMostTen { get; set; }
    }
}
