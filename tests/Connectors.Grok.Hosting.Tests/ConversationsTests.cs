using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Connectors.Grok.Postgres;
using Connectors.Grok.Redis;
using Connectors.Grok.Sqlite;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>Registered conversations and their stores.</summary>
public class ConversationsTests
{
    private const string NoServer = "Host=127.0.0.1;Port=1;Database=none";
    private const string NoRedis = "127.0.0.1:1,abortConnect=false,connectTimeout=100,connectRetry=0";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static TheoryData<string, Action<GrokConversationsBuilder>, Type> Stores => new()
    {
        { "the default", static _ => { }, typeof(InMemoryConversationStore) },
        { "in memory", static c => c.UseSqlite("forgotten.db").UseInMemory(), typeof(InMemoryConversationStore) },
        { "a file", static c => c.UseSqlite("chats.db"), typeof(SqliteConversationStore) },
        { "a connection string of SQLite", static c => c.UseSqliteConnectionString("Data Source=chats.db;Cache=Shared", static o => o.BusyTimeout = TimeSpan.FromSeconds(1)), typeof(SqliteConversationStore) },
        { "a connection string of PostgreSQL", static c => c.UsePostgres(NoServer, static o => o.Schema = "chats"), typeof(PostgresConversationStore) },
        { "the application's data source", static c =>
            {
                c.Services.AddSingleton(static _ => NpgsqlDataSource.Create(NoServer));
                c.UsePostgres();
            }, typeof(PostgresConversationStore) },
        { "a keyed data source", static c =>
            {
                c.Services.AddKeyedSingleton("chats", static (_, _) => NpgsqlDataSource.Create(NoServer));
                c.UsePostgres(static sp => sp.GetRequiredKeyedService<NpgsqlDataSource>("chats"));
            }, typeof(PostgresConversationStore) },
        { "a configuration of Redis", static c => c.UseRedis(NoRedis, static o => o.KeyPrefix = "chats:"), typeof(RedisConversationStore) },
        { "the application's connection to Redis", static c =>
            {
                c.Services.AddSingleton<IConnectionMultiplexer>(static _ => ConnectionMultiplexer.Connect(NoRedis));
                c.UseRedis();
            }, typeof(RedisConversationStore) },
        { "a keyed connection to Redis", static c =>
            {
                c.Services.AddKeyedSingleton<IConnectionMultiplexer>("chats", static (_, _) => ConnectionMultiplexer.Connect(NoRedis));
                c.UseRedis(static sp => sp.GetRequiredKeyedService<IConnectionMultiplexer>("chats"));
            }, typeof(RedisConversationStore) },
    };

    [Theory]
    [MemberData(nameof(Stores), DisableDiscoveryEnumeration = true)]
    public async Task Registered_store_has_the_configured_type(string registration, Action<GrokConversationsBuilder> configure, Type expected)
    {
        foreach (var key in new[] { null, "deep" })
        {
            var builder = App.New(("Grok:Endpoint", App.Loopback));
            builder.AddKeyedGrokChatClient(key);
            configure(builder.Services.AddKeyedGrokConversations(key));
            using var host = builder.Build();
            await host.StartAsync(Now);
            var store = host.Services.GetRequiredKeyedService<ConversationStore>(key);
            Assert.IsType(expected, store);
            Assert.Same(store, Assert.Single(host.Services.GetKeyedServices<ConversationStore>(key)));
        }

        Assert.NotEmpty(registration);
    }

    [Fact]
    public async Task Conversation_in_a_file_continues_after_the_application_restarts()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.db");
        try
        {
            await using var emulator = new GrokEmulator();
            await AskAsync(emulator, file, "My name is Alice. Remember this.");
            emulator.ExpireResponses();
            Assert.Contains("Alice", await AskAsync(emulator, file, "What's my name?"), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var left in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(file) + "*"))
            {
                File.Delete(left);
            }
        }
    }

    [Fact]
    public async Task Separately_registered_conversations_do_not_wrap_the_client()
    {
        await using var emulator = new GrokEmulator();
        var builder = App.New(("Grok:Endpoint", App.Loopback));
        builder.AddGrokChatClient().Over(emulator);
        builder.AddKeyedGrokChatClient("deep").Over(emulator);
        builder.Services.AddGrokConversations();
        builder.Services.AddKeyedGrokConversations("deep");
        using var host = builder.Build();
        await host.StartAsync(Now);
        var conversations = host.Services.GetRequiredService<ConversationChatClient>();
        var deep = host.Services.GetRequiredKeyedService<ConversationChatClient>("deep");

        var ticket = new ChatOptions { ConversationId = "ticket-4711" };
        await conversations.GetResponseAsync("My name is Alice. Remember this.", ticket, Now);
        // Clients without their own store share the store of the application.
        Assert.Contains("Alice", (await deep.GetResponseAsync("What's my name?", ticket, Now)).Text, StringComparison.Ordinal);
        Assert.NotSame(conversations, deep);
        Assert.Same(deep.Conversations, host.Services.GetRequiredKeyedService<ConversationManager>("deep"));
        Assert.IsType<GrokChatClient>(host.Services.GetRequiredService<IChatClient>());
        Assert.Null(host.Services.GetRequiredService<IChatClient>().GetService<ConversationChatClient>());
    }

    [Fact]
    public async Task Previously_registered_store_is_used()
    {
        var mine = new InMemoryConversationStore();
        var builder = App.New(("Grok:Endpoint", App.Loopback));
        builder.Services.AddSingleton<ConversationStore>(mine);
        builder.AddGrokChatClient().AddConversations();
        using var host = builder.Build();
        await host.StartAsync(Now);
        Assert.Same(mine, host.Services.GetRequiredService<ConversationStore>());
    }

    [Fact]
    public void Conversation_settings_are_read_from_the_client_section_or_a_bound_section()
    {
        var builder = App.New(
            ("Grok:Endpoint", App.Loopback), ("Grok:Conversations:Tenant", "acme"), ("Grok:Conversations:Budget", "2.50"), ("Grok:Conversations:Conflict", "fork"),
            ("Grok:Conversations:ContinuationInstructions", "Restart"), ("Grok:Conversations:ServerRetention", "7.00:00:00"), ("Grok:Conversations:QueueTurns", "true"),
            ("Grok:Conversations:Retention", "Reasoning"), ("Grok:Conversations:KeepFor", "90.00:00:00"), ("Grok:Conversations:KeepUnanswered", "true"), ("Grok:Conversations:RequireBinding", "true"), ("Grok:Conversations:BudgetNeedsPrice", "true"),
            ("Grok:Conversations:HistoryKey", "MDEyMzQ1Njc4OWFiY2RlZg=="), ("Grok:Conversations:MaxImportBytes", "5000000000"), ("Grok:Conversations:Compaction:Share", "0.5"), ("Grok:Conversations:Compaction:Limit", "100000"),
            ("Grok:Conversations:Compaction:Turns", "40"), ("Grok:Conversations:Compaction:Model", "grok-4.3"), ("Mine:Tenant", "mine"));
        var protector = new Plain();
        builder.Services.AddSingleton<IConversationProtector>(protector).AddSingleton<TimeProvider>(new ManualTime());
        builder.AddGrokChatClient().AddConversations();
        builder.AddKeyedGrokChatClient("deep").Bind(builder.Configuration.GetSection("Grok")).AddConversations(static c => c.Configure(static o => o.Tenant += "!"));
        builder.AddKeyedGrokChatClient("mine").BindConfiguration("Grok");
        builder.Services.AddKeyedGrokConversations("mine").Bind(builder.Configuration.GetSection("Mine"));
        builder.AddKeyedGrokChatClient("path");
        builder.Services.AddKeyedGrokConversations("path").BindConfiguration("Mine");
        builder.AddKeyedGrokChatClient("code");
        var code = builder.Services.AddKeyedGrokConversations("code", static o => o.Tenant = "code");
        Assert.Equal("code", code.ServiceKey);
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptionsMonitor<ConversationOptions>>();

        var read = options.Get("");
        Assert.Equal(("acme", 2.50m, ConversationConflict.Fork), (read.Tenant, read.Budget, read.Conflict));
        Assert.Equal((ContinuationInstructions.Restart, TimeSpan.FromDays(7)), (read.ContinuationInstructions, read.ServerRetention));
        var fresh = new ConversationOptions();
        foreach (var property in typeof(ConversationOptions).GetProperties().Where(static p => p.Name is not ("LoggerFactory" or "TenantResolver"))) // objects of the application, which are not read from configuration
        {
            Assert.NotEqual(property.GetValue(fresh), property.GetValue(read));
        }

        Assert.Equal((0.5, 100_000L, 40, "grok-4.3"), (read.Compaction!.Share, read.Compaction.Limit, read.Compaction.Turns, read.Compaction.Model));
        Assert.Equal("0123456789abcdef"u8.ToArray(), read.HistoryKey);
        Assert.Equal(5_000_000_000, read.MaxImportBytes);
        Assert.Same(protector, read.Protector);
        Assert.IsType<ManualTime>(read.TimeProvider);
        Assert.Equal("acme!", options.Get("deep").Tenant);
        Assert.Equal("mine", options.Get("mine").Tenant);
        Assert.Equal("mine", options.Get("path").Tenant);
        Assert.Equal("code", options.Get("code").Tenant);
    }

    public static TheoryData<string, Action<HostApplicationBuilder>, string> InvalidConfigurations => new()
    {
        { "a value", static b => b.AddGrokChatClient().AddConversations(), "Grok:Conversations:Budget must not be negative" },
        { "a decimal comma", static b => b.AddGrokChatClient().BindConfiguration("Comma").AddConversations(), "Comma:Conversations:Budget must be an amount such as 2.50" },
        { "a size", static b => b.AddGrokChatClient().BindConfiguration("Large").AddConversations(), "Large:Conversations:MaxImportBytes must be a whole number of bytes" },
        { "no size", static b => b.AddGrokChatClient().BindConfiguration("Small").AddConversations(), "Small:Conversations:MaxImportBytes must be at least 1" },
        { "a text", static b => b.AddGrokChatClient().BindConfiguration("Odd").AddConversations(), "Odd:Conversations:Conflict must be one of Throw, Fork" },
        { "code", static b => b.AddKeyedGrokChatClient("Fine").BindConfiguration("Fine").AddConversations(static c => c.Configure(static o => o.ServerRetention = TimeSpan.Zero)), "ConversationOptions.ServerRetention of the client 'Fine' must be longer than zero" },
        { "no section", static b =>
            {
                b.AddGrokChatClient().BindConfiguration("Fine");
                b.Services.AddGrokConversations().Bind(b.Configuration.GetSection("Nowhere"));
            }, "There is no configuration section 'Nowhere'" },
        { "no client", static b => b.Services.AddGrokConversations(), "There is no IChatClient for the conversations: call AddGrokChatClient." },
        { "no keyed client", static b => b.Services.AddKeyedGrokConversations("deep"), "There is no IChatClient under the key 'deep'" },
        { "no data source", static b => b.AddGrokChatClient().BindConfiguration("Fine").AddConversations(static c => c.UsePostgres()), "NpgsqlDataSource" },
        { "no connection to Redis", static b => b.AddGrokChatClient().BindConfiguration("Fine").AddConversations(static c => c.UseRedis()), "IConnectionMultiplexer" },
        { "a store's option", static b => b.AddGrokChatClient().BindConfiguration("Fine").AddConversations(static c => c.UseSqlite("a.db", static o => o.BusyTimeout = default)), "The conversation store cannot be created" },
    };

    [Theory]
    [MemberData(nameof(InvalidConfigurations), DisableDiscoveryEnumeration = true)]
    public async Task Invalid_conversation_configuration_fails_at_startup(string kind, Action<HostApplicationBuilder> register, string message)
    {
        var builder = App.New(
            ("Grok:Endpoint", App.Loopback), ("Grok:Conversations:Budget", "-1"), ("Odd:Endpoint", App.Loopback), ("Odd:Conversations:Conflict", "quarrel"), ("Fine:Endpoint", App.Loopback),
            ("Comma:Endpoint", App.Loopback), ("Comma:Conversations:Budget", "2,50"), ("Large:Endpoint", App.Loopback), ("Large:Conversations:MaxImportBytes", "64 MB"),
            ("Small:Endpoint", App.Loopback), ("Small:Conversations:MaxImportBytes", "0"));
        register(builder);
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Now));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(kind);
    }

    [Fact]
    public void Invalid_connection_string_throws_at_registration_and_is_not_repeated()
    {
        var conversations = new ServiceCollection().AddGrokConversations();
        var lite = Assert.Throws<ArgumentException>("connectionString", () => conversations.UseSqliteConnectionString("Data Source=a.db;Passwort=hunter2"));
        var swapped = Assert.Throws<ArgumentException>("file", () => conversations.UseSqlite("Data Source=a.db;Password=hunter2"));
        Assert.Contains("UseSqliteConnectionString", swapped.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", swapped.ToString(), StringComparison.Ordinal);
        var post = Assert.Throws<ArgumentException>("connectionString", () => conversations.UsePostgres("Host=h;Passwort=hunter2"));
        var redis = Assert.Throws<ArgumentException>("configuration", () => conversations.UseRedis("node:1,passwort=hunter2"));
        Assert.DoesNotContain("hunter2", lite.ToString() + post + redis, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("configuration", () => conversations.UseRedis(" "));
        Assert.Throws<ArgumentNullException>("connection", () => conversations.UseRedis((Func<IServiceProvider, IConnectionMultiplexer>)null!));
        Assert.Throws<ArgumentNullException>("builder", () => ((GrokConversationsBuilder)null!).UseRedis());
        Assert.Throws<ArgumentException>(() => conversations.UseSqlite(" "));
        Assert.Throws<ArgumentException>("connectionString", () => conversations.UseSqliteConnectionString(" "));
        Assert.Throws<ArgumentException>("connectionString", () => conversations.UseSqliteConnectionString("Mode=ReadOnly"));
        Assert.Throws<ArgumentNullException>("builder", () => ((GrokConversationsBuilder)null!).UseSqliteConnectionString("Data Source=a.db"));
        Assert.Throws<ArgumentNullException>("resolver", () => conversations.UseTenantResolver(null!));
        Assert.Throws<ArgumentException>(() => conversations.UsePostgres(" "));
        Assert.Throws<ArgumentNullException>("dataSource", () => conversations.UsePostgres((Func<IServiceProvider, NpgsqlDataSource>)null!));
        Assert.Throws<ArgumentNullException>("builder", () => ((GrokConversationsBuilder)null!).UseSqlite("a.db"));
        Assert.Throws<ArgumentNullException>("builder", () => ((GrokConversationsBuilder)null!).UsePostgres());
    }

    [Fact]
    public async Task Registered_resolver_determines_the_tenant_of_each_call()
    {
        await using var emulator = await GrokEmulator.StartAsync();
        var builder = App.New(("Grok:Endpoint", App.Loopback));
        var user = new CurrentUser { Name = "alice" };
        builder.Services.AddSingleton(user);
        builder.AddGrokChatClient().Over(emulator).AddConversations(static c => c.UseTenantResolver(static services => services.GetRequiredService<CurrentUser>().Name));
        using var host = builder.Build();
        await host.StartAsync(Now);
        var (client, manager) = (host.Services.GetRequiredService<IChatClient>(), host.Services.GetRequiredService<ConversationManager>());
        await client.GetResponseAsync("I am Alice.", new() { ConversationId = "ticket-4711" }, Now);
        user.Name = "bob";
        Assert.Empty(await manager.GetTurnsAsync("ticket-4711", Now));
        user.Name = null;
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync("Who am I?", new() { ConversationId = "ticket-4711" }, Now));
        user.Name = "alice";
        Assert.Single(await manager.GetTurnsAsync("ticket-4711", Now));
        Assert.Single(emulator.Requests);
    }

    private static async Task<string> AskAsync(GrokEmulator emulator, string file, string text)
    {
        var builder = App.New(("Grok:Endpoint", App.Loopback));
        builder.AddGrokChatClient().Over(emulator).AddConversations(c => c.UseSqlite(file));
        using var host = builder.Build();
        await host.StartAsync(Now);
        return (await host.Services.GetRequiredService<IChatClient>().GetResponseAsync(text, new() { ConversationId = "ticket-4711" }, Now)).Text;
    }

    private sealed class CurrentUser
    {
        public string? Name { get; set; }
    }

    private sealed class Plain : IConversationProtector
    {
        public byte[] Protect(byte[] content, byte[] associatedData) => content;

        public byte[] Unprotect(byte[] encrypted, byte[] associatedData) => encrypted;
    }
}
