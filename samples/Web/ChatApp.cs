using Connectors.Grok.Emulator;
using Web.Endpoints;
using Web.Runs;
using Web.Security;

namespace Web;

/// <summary>The application, put together.</summary>
internal static class ChatApp
{
    /// <summary>Builds it; where there is neither a key nor an address to talk to, starts an emulator in this process.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="configure">Changes the application before it is built; for tests.</param>
    public static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
        });
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 16 << 10;
        });
        configure?.Invoke(builder);

        var settings = builder.Configuration.GetSection("Web").Get<WebSettings>() ?? new();
        var emulator = NeedsEmulator(builder.Configuration) ? await GrokEmulator.StartAsync(EmulatorOptions()) : null;
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(new Surroundings(emulator is not null, settings.BreakPanel || emulator is not null));
        AddGrok(builder, settings, emulator);
        AddServices(builder.Services, settings);

        var app = builder.Build();
        Use(app);
        return app;
    }

    private static void AddGrok(WebApplicationBuilder builder, WebSettings settings, GrokEmulator? emulator)
    {
        builder.Services.AddTransient<FaultHandler>();
        var grok = builder.AddGrokChatClient();
        grok.HttpClient.AddHttpMessageHandler<FaultHandler>();
        if (emulator is not null)
        {
            // Made by a factory, so that it stops with the application.
            builder.Services.AddSingleton(_ => emulator);
            grok.Configure(options => options.Endpoint = emulator.BaseAddress);
        }

        var conversations = builder.Services.AddGrokConversations();
        var connection = builder.Configuration.GetConnectionString("Conversations");
        _ = connection is null ? conversations.UseSqlite(settings.Database)
            : connection.Contains("Data Source=", StringComparison.OrdinalIgnoreCase) ? conversations.UseSqliteConnectionString(connection)
            : conversations.UsePostgres(connection);
    }

    private static void AddServices(IServiceCollection services, WebSettings settings)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<RunHub>();
        services.AddHostedService(static sp => sp.GetRequiredService<RunHub>());
        services.AddSingleton<TurnRunner>();
        services.AddSingleton<Beginner>();
        services.AddSingleton<Titles>();
        services.AddSingleton<ConversationReader>();
        services.AddProblemDetails(static options => options.CustomizeProblemDetails = Problems.AddTraceId);
        services.AddExceptionHandler<ProblemHandler>();
        services.AddRateLimits(settings);
        services.AddHealthChecks().AddGrok();
        services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(static options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, WebJson.Default));
    }

    private static void Use(WebApplication app)
    {
        app.UseMiddleware<SecurityHeaders>();
        app.UseExceptionHandler();
        app.UseStatusCodePages(static context =>
            Problems.WriteAsync(context.HttpContext, Problems.Of(context.HttpContext.Response.StatusCode)).AsTask());
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.UseRouting();
        app.UseMiddleware<Visitors>();
        app.UseRateLimiter();
        app.UseMiddleware<SameSite>();
        app.MapConversations();
        app.MapMessages();
        app.MapRuns();
        app.MapHealthChecks("/healthz");
    }

    private static bool NeedsEmulator(ConfigurationManager configuration) =>
        new[] { "XAI_API_KEY", "XAI_BASE_URL", "Grok:ApiKey", "Grok:Endpoint" }.All(name => string.IsNullOrWhiteSpace(configuration[name]));

    // The pace of a model, for people who watch.
    private static GrokEmulatorOptions EmulatorOptions() => new()
    {
        TokenDelay = TimeSpan.FromMilliseconds(35),
        ThinkingDelay = TimeSpan.FromMilliseconds(120),
        MaxRecordedRequests = 20,
    };
}

/// <summary>What the application stands on.</summary>
/// <param name="IsEmulated">Whether the emulator in this process answers, and not Grok.</param>
/// <param name="CanBreak">Whether visitors may break answers on purpose.</param>
internal sealed record Surroundings(bool IsEmulated, bool CanBreak);
