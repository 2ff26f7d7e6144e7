using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Foundation;
using Connectors.Grok.Postgres;
using Connectors.Grok.Redis;
using Connectors.Grok.Responses;
using Connectors.Grok.Sqlite;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Secrecy;

/// <summary>Objects of the library that are converted to text by accident expose neither content nor the key.</summary>
public class ToStringSecrecyTests
{
    private static readonly Assembly[] Ours = [typeof(GrokChatClient).Assembly, typeof(SqliteConversationStore).Assembly, typeof(PostgresConversationStore).Assembly, typeof(RedisConversationStore).Assembly];

    private static readonly JsonSerializerOptions Reflecting = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    // Ids, models and hashes may be logged; a continuation token consists of a time and an id.
    private static readonly string[] MayBeSeen =
    [
        "Id", "ParentId", "Head", "HeadTurnId", "ResponseId", "StoredResponseIds", "Model", "InstructionsHash", "SystemMessagesHash", "Fingerprint", "AnswerFingerprint", "Tenant", "Name", "ConversationId", "TurnId", "RequestId", "ContinuationToken",
    ];

    /// <summary>Every public type with its own ToString, such as records, whose generated ToString prints all members.</summary>
    public static TheoryData<string> Types() =>
    [
        .. Ours.SelectMany(static a => a.GetTypes())
            .Where(static t => t is { IsVisible: true, IsAbstract: false, IsEnum: false, IsByRefLike: false, ContainsGenericParameters: false } && !t.IsDefined(typeof(CompilerGeneratedAttribute)) && !typeof(Exception).IsAssignableFrom(t))
            .Where(static t => t.GetMethod(nameof(ToString), Type.EmptyTypes)!.DeclaringType!.Assembly == t.Assembly)
            .Select(static t => $"{t.FullName}, {t.Assembly.GetName().Name}"),
    ];

    [Theory]
    [MemberData(nameof(Types))]
    public void ToString_of_a_public_type_does_not_expose_content(string type)
    {
        var filled = Filled(Type.GetType(type, throwOnError: true)!, 0);
        var text = filled!.ToString()!;
        Assert.NotEmpty(text);
        Assert.DoesNotContain(Secrets.PromptWord, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Filled_test_instances_hold_the_marked_text()
    {
        var item = (MessageItem)Filled(typeof(MessageItem), 0)!;
        Assert.Contains(Secrets.PromptWord, item.Role, StringComparison.Ordinal);
        Assert.All(((UnknownPart)Filled(typeof(UnknownPart), 0)!).Json.EnumerateObject(), static m => Assert.Contains(Secrets.PromptWord, m.Value.GetString(), StringComparison.Ordinal));
        Assert.Contains(Secrets.PromptWord, item.AdditionalMembers!["member"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_serialized_as_JSON_do_not_hold_the_key()
    {
        var options = new GrokChatClientOptions { ApiKey = Secrets.Key, Headers = { ["x-team"] = Secrets.Header }, Model = "grok-4.7" };
        var json = JsonSerializer.Serialize(options, Reflecting);
        Assert.Contains("grok-4.7", json, StringComparison.Ordinal);
        Assert.Empty(new Secrets().FoundIn(json));
    }

    [Fact]
    public void Debugger_display_does_not_show_the_key()
    {
        string[] secret = [nameof(GrokChatClientOptions.ApiKey), nameof(GrokChatClientOptions.Credential), nameof(GrokChatClientOptions.RenewCredential), nameof(GrokChatClientOptions.Headers)];
        Assert.All(secret, static name =>
            Assert.Equal(DebuggerBrowsableState.Never, typeof(GrokChatClientOptions).GetProperty(name)!.GetCustomAttribute<DebuggerBrowsableAttribute>()?.State));
        Assert.DoesNotContain(
            Ours.SelectMany(static a => a.GetTypes()),
            static t => !t.IsDefined(typeof(CompilerGeneratedAttribute)) && t.GetCustomAttribute<DebuggerDisplayAttribute>(inherit: false)?.Value?.Contains('{', StringComparison.Ordinal) == true);
    }

    [Fact]
    public void ToString_of_clients_and_tools_does_not_expose_the_key()
    {
        var options = new GrokChatClientOptions { ApiKey = Secrets.Key, Headers = { ["x-team"] = Secrets.Header } };
        using var client = new GrokChatClient(options);
        object?[] all =
        [
            options, client, client.GetService<GrokResponsesClient>(), client.GetService<ChatClientMetadata>(), GrokSettings.From(options), GrokSettings.From(options).Credentials, GrokSettings.From(options).Credentials.Secrets, new SentCredential(Secrets.Key, 0),
            new UnknownTool("x", JsonElement.Parse($$"""{"k":"{{Secrets.KeyWord}}"}""")).AsAITool(),
        ];
        Assert.All(all, static one => Assert.Empty(new Secrets().FoundIn($"{one}")));
    }

    /// <summary>Creates an instance, without its constructor, whose fields hold the marked text where their type allows.</summary>
    private static object? Filled(Type type, int depth)
    {
        var marked = Secrets.Say(Secrets.PromptWord);
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string) || type == typeof(object))
        {
            return marked;
        }

        if (type == typeof(Uri))
        {
            return new Uri($"https://example.org/{Secrets.PromptWord}");
        }

        if (type == typeof(JsonElement))
        {
            return JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["said"] = marked }, Reflecting);
        }

        if (type == typeof(ReadOnlyMemory<byte>))
        {
            return new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(marked));
        }

        if (type == typeof(ChatMessage))
        {
            return new ChatMessage(ChatRole.User, marked);
        }

        if (type.IsGenericType && type.GetGenericArguments() is [var key, var value] && key == typeof(string) && typeof(Dictionary<,>).MakeGenericType(key, value) is { } map && type.IsAssignableFrom(map))
        {
            var made = (System.Collections.IDictionary)Activator.CreateInstance(map)!;
            made["member"] = Filled(value, depth + 1);
            return made;
        }

        if (type.IsGenericType && type.GetGenericArguments() is [var item] && type.IsAssignableFrom(item.MakeArrayType()))
        {
            var list = Array.CreateInstance(item, 1);
            list.SetValue(Filled(item.IsAbstract ? ConcreteOf(item) : item, depth + 1), 0);
            return list;
        }

        if (!Ours.Contains(type.Assembly) || type.IsAbstract || type.IsEnum || depth > 3)
        {
            return type.IsValueType ? RuntimeHelpers.GetUninitializedObject(type) : null;
        }

        var instance = RuntimeHelpers.GetUninitializedObject(type);
        for (var current = type; current is not null && current != typeof(object) && current != typeof(ValueType); current = current.BaseType)
        {
            foreach (var field in current.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!MayBeSeen.Contains(field.Name.Split('<', '>') is [_, var property, ..] ? property : field.Name, StringComparer.Ordinal) || typeof(WireObject).IsAssignableFrom(type))
                {
                    field.SetValue(instance, Filled(field.FieldType, depth + 1));
                }
            }
        }

        return instance;
    }

    private static Type ConcreteOf(Type item) => Ours.SelectMany(static a => a.GetTypes()).FirstOrDefault(t => !t.IsAbstract && item.IsAssignableFrom(t)) ?? item;
}
