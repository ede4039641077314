using Terradev.ModelRegistry;
using Terradev.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("modelregistry");
builder.AddModelRegistry();
builder.AddBus();

var app = builder.Build();
app.MapServiceDefaults();
app.MapModelRegistry();
app.Run();
