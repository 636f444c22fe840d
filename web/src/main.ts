import { mount } from 'svelte';
import './app.css';
import Page from './components/Page.svelte';
import { theme } from './lib/theme';

theme.apply();
mount(Page, { target: document.getElementById('app')! });
